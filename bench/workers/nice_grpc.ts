/**
 * A plain nice-grpc client, straight on the generated code.
 *
 * @module
 */

import { createChannel, createClient } from "nice-grpc";
import { KVDefinition, type PutRequest, type RangeRequest } from "../../proto/gen/kv.ts";
import { WatchDefinition, type WatchRequest } from "../../proto/gen/watch.ts";
import { GET_KEY, PUT_PREFIX, RANGE_PREFIX, SMALL_VALUE } from "./protocol.ts";
import { getRequest, prefixEnd, putRequest, text, watchRequest } from "./requests.ts";
import { endpoint, serve } from "./serve.ts";

const channel = createChannel(endpoint);
const kv = createClient(KVDefinition, channel);
const watches = createClient(WatchDefinition, channel);

const get: RangeRequest = getRequest(GET_KEY);
const range: RangeRequest = { ...getRequest(RANGE_PREFIX), rangeEnd: prefixEnd(RANGE_PREFIX) };
const put: PutRequest = putRequest("v".repeat(SMALL_VALUE));
await kv.range(get);

async function readRange(): Promise<void> {
  let read = 0;
  const { kvs } = await kv.range(range);
  for (const { key, value } of kvs) read += text(key).length + text(value).length;
  if (read === 0) throw new Error("the range is empty");
}

async function* once(request: WatchRequest, open: Promise<void>): AsyncGenerator<WatchRequest> {
  yield request;
  await open;
}

await serve({
  job(name) {
    switch (name) {
      case "get":
        return { call: async () => text((await kv.range(get)).kvs[0].value) };
      case "put": {
        const encoder = new TextEncoder();
        return { call: (slot) => kv.put({ ...put, key: encoder.encode(`${PUT_PREFIX}${slot}`) }) };
      }
      case "range":
        return { call: readRange };
    }
  },
  async watch(events, from, watching) {
    const done = Promise.withResolvers<void>();
    let read = 0, seen = 0;
    for await (const response of watches.watch(once(watchRequest(PUT_PREFIX, from), done.promise))) {
      if (response.created && from === undefined) watching();
      for (const { kv } of response.events) {
        read += text(kv!.key).length + text(kv!.value).length;
        seen++;
      }
      if (seen >= events) break;
    }
    done.resolve();
    if (read === 0) throw new Error("the events are empty");
  },
});
