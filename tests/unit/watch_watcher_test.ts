import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { bytesCodec, jsonCodec, utf8Codec } from "../../src/codec.ts";
import { EtcdCancelledError } from "../../src/errors.ts";
import { EtcdDecodeError } from "../../src/decode_error.ts";
import { Keyspace, prefixSpan, rangeSpan, singleSpan } from "../../src/keys.ts";
import type { WatchEvent, WatchOptions } from "../../src/watch.ts";
import { test } from "../harness.ts";
import { del, put, read, Script, settled } from "./watch_script.ts";

const WRONG: readonly [options: unknown, error: new (message: string) => Error, message: string][] = [
  [{ startRevision: 5 }, TypeError, "startRevision"],
  [{ startRevision: -1n }, RangeError, "startRevision"],
  [{ startRevision: 2n ** 63n }, RangeError, "startRevision"],
  [{ prevKv: "yes" }, TypeError, "prevKv"],
  [{ types: "PUT" }, TypeError, "types"],
  [{ types: ["put"] }, TypeError, "types"],
  [{ types: [] }, RangeError, "types"],
  [{ maxBufferedBytes: 0 }, RangeError, "maxBufferedBytes"],
  [{ maxBufferedBytes: NaN }, RangeError, "maxBufferedBytes"],
  [{ onOverflow: "drop" }, TypeError, "onOverflow"],
  [{ onDecodeError: "ignore" }, TypeError, "onDecodeError"],
  [{ onProgress: 1 }, TypeError, "onProgress"],
  [{ signal: {} }, TypeError, "signal"],
];

test("misuse is thrown at once, and nothing is sent", async () => {
  await using script = new Script();
  for (const [options, error, message] of WRONG) {
    assertThrows(() => script.watch(options as WatchOptions), error, message);
  }
  assertThrows(() => script.watch({}, rangeSpan("a", "a")), RangeError, "no keys");
  await script.resources.close();
  assertThrows(() => script.watch(), TypeError, "closed");
  await settled();
  assertEquals(script.rpc.streams.drain(), []);
});

test("a watch with an aborted signal sends nothing and rejects with the reason", async () => {
  await using script = new Script();
  const reason = new Error("no");
  const watcher = script.watch({ signal: AbortSignal.abort(reason) });
  assertEquals(await assertRejects(() => watcher.ready), reason);
  assertEquals(await assertRejects(() => watcher[Symbol.asyncIterator]().next()), reason);
  assertEquals(await assertRejects(() => watcher.requestProgress()), reason);
  await settled();
  assertEquals(script.rpc.streams.drain(), []);
});

test("a watcher has one consumer", async () => {
  await using script = new Script();
  const first = script.watch();
  first[Symbol.asyncIterator]();
  assertThrows(() => first[Symbol.asyncIterator](), TypeError, "one consumer");
  assertThrows(() => first.batches()[Symbol.asyncIterator](), TypeError, "one consumer");
  const second = script.watch();
  const batches = second.batches();
  batches[Symbol.asyncIterator]();
  assertThrows(() => batches[Symbol.asyncIterator](), TypeError, "one consumer");
});

test("events say what happened", async () => {
  await using script = new Script();
  const watcher = script.watch({ prevKv: true });
  const stream = await script.stream();
  await stream.accept(1n);
  stream.events(1n, [put("k", "1", 2n)]);
  stream.events(1n, [{ ...put("k", "2", 3n, 2n), prevKv: put("k", "1", 2n).kv }]);
  stream.events(1n, [{ ...del("k", 4n), prevKv: put("k", "2", 3n, 2n).kv }]);
  stream.events(1n, [del("k\xff", 5n)]);
  const iterator = watcher[Symbol.asyncIterator]();
  const events = [];
  for (let i = 0; i < 4; i++) events.push((await iterator.next()).value);
  const brief = events.map((
    e,
  ) => [e.type, e.value, e.prevValue, e.isCreate, e.kv?.version, e.prevKv?.modRevision]);
  assertEquals(brief, [
    ["PUT", "1", null, true, 1n, undefined],
    ["PUT", "2", "1", false, 1n, 2n],
    ["DELETE", null, "2", false, undefined, 3n],
    ["DELETE", null, null, false, undefined, undefined],
  ]);
  assertEquals(JSON.parse(JSON.stringify(events[0])), {
    type: "PUT",
    key: "k",
    value: "1",
    kv: { key: "k", value: "1", createRevision: "2", modRevision: "2", version: "1", lease: "0" },
    prevValue: null,
    prevKv: null,
    revision: "2",
    isCreate: true,
  });
  assertEquals(events[2].keyBytes, new TextEncoder().encode("k"));
  assertEquals("keyBytes" in JSON.parse(JSON.stringify(events[2])), false);
});

test("a namespace is added on the way out and taken off on the way in", async () => {
  await using script = new Script();
  const keys = Keyspace.root.below("app/");
  const watcher = script.watchWith(bytesCodec, { prevKv: true }, prefixSpan(""), keys);
  const stream = await script.stream();
  const { key, rangeEnd } = await stream.accept(1n);
  assertEquals([key, rangeEnd].map((bytes) => new TextDecoder().decode(bytes)), ["app/\0", "app0"]);
  stream.events(1n, [{ ...put("app/k", "2", 3n), prevKv: put("app/k", "1", 2n).kv }, del("app/l", 3n)]);
  const { value: batch } = await watcher.batches()[Symbol.asyncIterator]().next();
  assertEquals(batch.events[0].key, "k");
  assertEquals(batch.events[0].value, new TextEncoder().encode("2"));
  assertEquals(batch.events[0].prevKv.key, "k");
  assertEquals([batch.events[1].key, batch.events[1].keyBytes.length], ["l", 1]);
  assertEquals(JSON.parse(JSON.stringify(batch)).revision, "3");
});

test("resumeRevision follows what was handed out, not what was received", async () => {
  await using script = new Script();
  const watcher = script.watch({ startRevision: 2n });
  assertEquals(watcher.resumeRevision, 2n);
  const stream = await script.stream();
  await stream.accept(9n);
  await watcher.ready;
  stream.events(1n, [put("k1", "a", 3n), put("k2", "b", 3n), put("k1", "c", 5n)], { revision: 9n });
  stream.reply({ watchId: -1n, revision: 20n });
  await settled();
  const iterator = watcher[Symbol.asyncIterator]();
  const places = [watcher.resumeRevision];
  for (let i = 0; i < 3; i++) {
    await iterator.next();
    places.push(watcher.resumeRevision);
  }
  assertEquals(places, [2n, 2n, 4n, 21n], "progress counts once what precedes it is delivered");
});

test("before ready, resumeRevision starts with what comes next", async () => {
  await using script = new Script();
  const watcher = script.watch();
  assertEquals(watcher.resumeRevision, 0n);
  await (await script.stream()).accept(7n);
  await watcher.ready;
  assertEquals(watcher.resumeRevision, 8n);
  const again = script.watch({ startRevision: 0n });
  assertEquals(again.resumeRevision, 0n);
});

test("batches move resumeRevision by whole revisions", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const stream = await script.stream();
  await stream.accept(1n);
  stream.events(1n, [put("k1", "a", 2n), put("k2", "b", 2n), put("k1", "c", 4n)]);
  const places: bigint[] = [];
  for await (const { events, revision } of watcher.batches()) {
    places.push(BigInt(events.length), revision, watcher.resumeRevision);
    if (revision === 4n) break;
  }
  assertEquals(places, [2n, 2n, 3n, 1n, 4n, 5n]);
  assertEquals(await stream.cancels(), 1n);
});

test("closing ends the iteration quietly, with what was not read", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const stream = await script.stream();
  await stream.accept(1n);
  stream.events(1n, [put("k", "a", 2n), put("k", "b", 3n)]);
  const iterator = watcher[Symbol.asyncIterator]();
  await read(iterator, 1);
  await watcher.close();
  await watcher.close();
  assertEquals(await iterator.next(), { done: true, value: undefined });
  const waiting = script.watch();
  const next = waiting[Symbol.asyncIterator]().next();
  await waiting[Symbol.asyncDispose]();
  assertEquals(await next, { done: true, value: undefined });
  await assertRejects(() => waiting.ready, EtcdCancelledError, "closed");
});

test("aborting rejects with the reason, whether the reader waits or not, and also when closed thereafter", async () => {
  await using script = new Script();
  const abort = new AbortController();
  const reason = new Error("enough");
  const [waits, reads, later] = [1, 2, 3].map(() => script.watch({ signal: abort.signal }));
  const stream = await script.stream();
  for (let i = 0; i < 3; i++) await stream.accept(1n);
  stream.events(2n, [put("k", "a", 2n), put("k", "b", 3n)]);
  const waiting = waits[Symbol.asyncIterator]().next();
  const reading = reads[Symbol.asyncIterator]();
  await read(reading, 1);
  abort.abort(reason);
  await reads.close();
  assertEquals(await assertRejects(() => waiting), reason);
  assertEquals(await assertRejects(() => reading.next()), reason);
  assertEquals(await assertRejects(() => later[Symbol.asyncIterator]().next()), reason);
  assertEquals((await reading.next()).done, true);
  assertEquals([await stream.cancels(), await stream.cancels(), await stream.cancels()], [1n, 2n, 3n]);
});

test("an abort after the close changes nothing", async () => {
  await using script = new Script();
  const abort = new AbortController();
  const watcher = script.watch({ signal: abort.signal });
  await watcher.close();
  abort.abort(new Error("late"));
  assertEquals((await watcher[Symbol.asyncIterator]().next()).done, true);
});

test("closing after a failure that was not read ends quietly", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const stream = await script.stream();
  await stream.accept(1n);
  stream.events(1n, [put("k", "a", 2n)]);
  stream.reply({ watchId: 1n, canceled: true });
  await settled();
  await watcher.close();
  assertEquals((await watcher[Symbol.asyncIterator]().next()).done, true);
});

test("a communicator that is closed ends its watchers quietly", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const next = watcher[Symbol.asyncIterator]().next();
  await script.resources.close();
  assertEquals((await next).done, true);
});

test("a value that the codec refuses ends the watch where it is", async () => {
  await using script = new Script();
  const watcher = script.watchWith(jsonCodec<number>());
  const stream = await script.stream();
  await stream.accept(1n);
  stream.events(1n, [put("k1", "1", 2n), put("k2", "secret", 2n), put("k3", "3", 3n)]);
  const iterator = watcher[Symbol.asyncIterator]();
  assertEquals(await read(iterator, 1), ["2 PUT k1 1"]);
  const error = await assertRejects(() => iterator.next(), EtcdDecodeError, "k2");
  assertEquals([error.revision, watcher.resumeRevision], [2n, 2n]);
  assert(!`${error.message}${JSON.stringify(error)}`.includes("secret"));
  assertEquals((await iterator.next()).done, true);
  assertEquals(await stream.cancels(), 1n);
});

test("who waits already when the refused value comes is told of it", async () => {
  await using script = new Script();
  const iterators = [
    script.watchWith(jsonCodec<number>())[Symbol.asyncIterator](),
    script.watchWith(jsonCodec<number>()).batches()[Symbol.asyncIterator](),
  ];
  const stream = await script.stream();
  for (const [i, iterator] of iterators.entries()) {
    await stream.accept(1n);
    const [first, second] = [iterator.next(), iterator.next()];
    stream.events(BigInt(i + 1), [put("k", "secret", 2n)]);
    await assertRejects(() => first, EtcdDecodeError, "k");
    assertEquals((await second).done, true);
  }
});

test("values that the codec refuses can be skipped, and leave no empty batches", async () => {
  await using script = new Script();
  const options = { prevKv: true, onDecodeError: "skip" } as const;
  const watcher = script.watchWith(jsonCodec<number>(), options);
  const batches = script.watchWith(jsonCodec<number>(), options);
  const stream = await script.stream();
  for (const id of [1n, 2n]) {
    await stream.accept(1n);
    stream.events(id, [put("k1", "x", 2n)]);
    stream.events(id, [put("k1", "1", 3n), put("k2", "x", 3n)]);
    stream.events(id, [{ ...put("k1", "2", 4n, 3n), prevKv: put("k1", "x", 3n).kv }]);
    stream.events(id, [put("k3", "x", 5n)]);
  }
  const iterator = watcher[Symbol.asyncIterator]();
  assertEquals(await read(iterator, 1), ["3 PUT k1 1"]);
  const { value: event } = await iterator.next();
  assertEquals([event.value, event.prevValue, event.prevKv], [2, null, null]);
  const waiting = iterator.next();
  await settled();
  assertEquals(watcher.resumeRevision, 6n, "what is skipped is delivered");
  stream.events(1n, [put("k4", "4", 7n)]);
  assertEquals((await waiting).value.value, 4);
  const revisions = [];
  for await (const batch of batches.batches()) {
    revisions.push([batch.revision, BigInt(batch.events.length)]);
    if (batch.revision === 4n) break;
  }
  assertEquals(revisions, [[3n, 1n], [4n, 1n]]);
});

test("what an observer of progress throws is its own", async () => {
  await using script = new Script();
  const watcher = script.watch({
    onProgress: () => {
      throw new Error("mistake");
    },
  });
  const stream = await script.stream();
  await stream.accept(1n);
  stream.reply({ watchId: 1n, revision: 5n });
  stream.events(1n, [put("k", "v", 6n)]);
  assertEquals(await read(watcher[Symbol.asyncIterator](), 1), ["6 PUT k v"]);
});

test("a watcher may be closed by its own observer", async () => {
  await using script = new Script();
  const watcher = script.watch({ onProgress: () => void watcher.close() });
  const stream = await script.stream();
  await stream.accept(1n);
  const next = watcher[Symbol.asyncIterator]().next();
  stream.reply({ watchId: -1n, revision: 5n });
  assertEquals((await next).done, true);
});

test("many events in one response are handed out one by one", async () => {
  await using script = new Script();
  const watcher = script.watch({}, singleSpan("k"));
  const stream = await script.stream();
  await stream.accept(1n);
  const events = Array.from({ length: 1000 }, (_, i) => put("k", `${i}`, BigInt(i + 2)));
  stream.events(1n, events);
  let count = 0;
  for await (const event of watcher) {
    assertEquals(event.value, `${count}`);
    if (++count === 1000) break;
  }
});

test("texts that are made together are those of each event, by events and by batches", async () => {
  const text = (i: number) =>
    i % 31 === 7 ? `žluť ${i}` : i % 53 === 9 ? "x".repeat(5_000) : `${i}`.repeat(i % 40);
  const changes = Array.from({ length: 600 }, (_, i) => {
    const revision = BigInt(i < 300 ? 2 + i : 302 + Math.floor((i - 300) / 7));
    const key = i % 37 === 5 ? `ns/ü${i}` : `ns/${i}`;
    return i % 11 === 4 ? del(key, revision) : put(key, text(i), revision, i % 3 === 0 ? revision : 1n);
  });
  const expected = changes.map(({ type, kv }) => {
    const [key, value] = [kv!.key, kv!.value].map((bytes) => new TextDecoder().decode(bytes));
    return `${kv!.modRevision} ${type === 0 ? "PUT" : "DELETE"} ${key.slice(3)} ${type === 0 ? value : null}`;
  });
  for (const byBatches of [false, true]) {
    await using script = new Script();
    const watcher = script.watchWith(utf8Codec, {}, prefixSpan(""), Keyspace.root.below("ns/"));
    const stream = await script.stream();
    await stream.accept(1n);
    // In responses of many sizes, so that what is there to be read ahead differs.
    for (let first = 0, size = 1; first < changes.length; first += size, size = (size * 3) % 61 + 1) {
      stream.events(1n, changes.slice(first, first + size), { fragment: first + size < changes.length });
    }
    const seen: string[] = [];
    const show = ({ revision, type, key, value }: WatchEvent<string>) => {
      seen.push(`${revision} ${type} ${key} ${value}`);
    };
    if (byBatches) {
      for await (const batch of watcher.batches()) {
        batch.events.forEach(show);
        if (seen.length === changes.length) break;
      }
    } else {
      for await (const event of watcher) {
        show(event);
        const { kv } = event;
        if (kv !== null) {
          assertEquals([kv.key, kv.value, kv.modRevision], [event.key, event.value, event.revision]);
        }
        assertStrictEquals(event.kv, kv, "the same whenever it is asked for");
        if (seen.length === changes.length) break;
      }
    }
    assertEquals(seen, expected);
  }
});
