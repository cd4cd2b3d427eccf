// @ts-self-types="./mod.d.ts"
// File by file: the `async/mod.js` of deno-std 1.4.0 does not load, because of its `channel.js`.
export { abortable } from "deno-std/async/abortable.js";
export { deadline } from "deno-std/async/deadline.js";
export { debounce } from "deno-std/async/debounce.js";
export { delay } from "deno-std/async/delay.js";
export { MuxAsyncIterator } from "deno-std/async/mux_async_iterator.js";
export { pooledMap } from "deno-std/async/pool.js";
export { retry, RetryError } from "deno-std/async/retry.js";
export { tee } from "deno-std/async/tee.js";
