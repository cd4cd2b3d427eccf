import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { EtcdPermissionDeniedError, EtcdUnknownError } from "../../src/errors.ts";
import { singleSpan } from "../../src/keys.ts";
import { test } from "../harness.ts";
import { del, put, read, Script, settled } from "./watch_script.ts";

test("a watch asks for progress and fragments, under an id of its own", async () => {
  await using script = new Script();
  const watcher = script.watch({ startRevision: 5n, prevKv: true, types: ["DELETE"] }, singleSpan("key"));
  const stream = await script.stream();
  const request = await stream.accept(9n);
  assertEquals(request, {
    key: new TextEncoder().encode("key"),
    rangeEnd: new Uint8Array(0),
    startRevision: 5n,
    progressNotify: true,
    filters: [0],
    prevKv: true,
    watchId: 1n,
    fragment: true,
  });
  assertEquals(await watcher.ready, 4n);
});

test("creates are sent without waiting for each other, and answers are matched in order", async () => {
  await using script = new Script();
  const watchers = ["a", "b", "c"].map((key) => script.watch({}, singleSpan(key)));
  const stream = await script.stream();
  const requests = [await stream.creates(), await stream.creates(), await stream.creates()];
  assertEquals(requests.map((request) => request.watchId), [1n, 2n, 3n]);
  // Ids that are not those asked for, and a refusal in the middle that names none.
  stream.reply({ watchId: 70n, created: true, revision: 10n });
  stream.reply({
    watchId: -1n,
    created: true,
    canceled: true,
    cancelReason: "etcdserver: permission denied",
  });
  stream.reply({ watchId: 71n, created: true, revision: 11n });
  assertEquals(await watchers[0].ready, 10n);
  await assertRejects(() => watchers[1].ready, EtcdPermissionDeniedError);
  assertEquals(await watchers[2].ready, 11n);
  stream.events(71n, [put("c", "1", 12n)]);
  stream.events(70n, [put("a", "1", 13n)]);
  assertEquals(await read(watchers[0][Symbol.asyncIterator](), 1), ["13 PUT a 1"]);
  assertEquals(await read(watchers[2][Symbol.asyncIterator](), 1), ["12 PUT c 1"]);
});

test("what is not newer than ready is dropped", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const stream = await script.stream();
  await stream.accept(10n);
  assertEquals(await watcher.ready, 10n);
  stream.events(1n, [put("k", "old", 10n)]);
  stream.events(1n, [put("k", "new", 11n)]);
  assertEquals(await read(watcher[Symbol.asyncIterator](), 1), ["11 PUT k new"]);
});

test("what is below the requested start is dropped, and what comes twice is delivered once", async () => {
  await using script = new Script();
  const watcher = script.watch({ startRevision: 5n });
  const stream = await script.stream();
  await stream.accept(10n);
  stream.events(1n, [put("k", "4", 4n), put("k", "5", 5n)], { revision: 10n });
  stream.events(1n, [put("k", "5", 5n), put("k", "7", 7n)], { revision: 10n });
  assertEquals(await read(watcher[Symbol.asyncIterator](), 2), ["5 PUT k 5", "7 PUT k 7"]);
});

test("fragments become one batch, with a key that changes twice", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const stream = await script.stream();
  await stream.accept(1n);
  stream.events(1n, [put("k1", "a", 2n), del("k2", 2n)], { fragment: true });
  stream.events(1n, [put("k2", "b", 2n)], { fragment: true });
  stream.events(1n, [put("k3", "c", 2n)]);
  const { value: batch } = await watcher.batches()[Symbol.asyncIterator]().next();
  assertEquals(batch.revision, 2n);
  const events = batch.events.map((event: { type: string; key: string }) => `${event.type} ${event.key}`);
  assertEquals(events, ["PUT k1", "DELETE k2", "PUT k2", "PUT k3"]);
});

test("one refused watch does not wedge the others", async () => {
  await using script = new Script();
  const healthy = script.watch();
  const stream = await script.stream();
  await stream.accept(1n);
  const refused = script.watch({}, singleSpan("secret"));
  const { watchId } = await stream.creates();
  // What 3.4.21 and 3.5.5 do: they name the requested id, which for 0 would be the first watcher's.
  assertEquals(watchId, 2n);
  const cancelReason = "mvcc: something new";
  stream.reply({ watchId, created: true, canceled: true, cancelReason });
  await assertRejects(() => refused.ready, EtcdUnknownError, cancelReason);
  await assertRejects(() => refused[Symbol.asyncIterator]().next(), EtcdUnknownError);
  stream.events(1n, [put("k", "v", 2n)]);
  assertEquals(await read(healthy[Symbol.asyncIterator](), 1), ["2 PUT k v"]);
  assertEquals(stream.unseen(), []);
});

test("a watch that is closed before its answer is cancelled as soon as its id is known", async () => {
  await using script = new Script();
  script.watch();
  const stream = await script.stream();
  await stream.accept(1n);
  const short = script.watch();
  const { watchId } = await stream.creates();
  await short.close();
  assertEquals(stream.unseen(), []);
  stream.reply({ watchId, created: true, revision: 1n });
  assertEquals(await stream.cancels(), 2n);
  await assertRejects(() => short.ready, Error, "closed");
});

test("a closed watch is cancelled, and what still comes for it goes nowhere", async () => {
  await using script = new Script();
  const first = script.watch();
  const second = script.watch();
  const stream = await script.stream();
  await stream.accept(1n);
  await stream.accept(1n);
  await first.close();
  assertEquals(await stream.cancels(), 1n);
  stream.events(1n, [put("k", "late", 2n)]);
  stream.reply({ watchId: 1n, canceled: true, revision: 2n });
  stream.reply({ watchId: 99n, canceled: true, revision: 2n });
  stream.events(2n, [put("k", "v", 3n)]);
  assertEquals(await read(second[Symbol.asyncIterator](), 1), ["3 PUT k v"]);
});

test("a stream without watchers is closed after a while, and a watch before that uses it", async () => {
  await using script = new Script();
  const first = script.watch();
  const stream = await script.stream();
  await stream.accept(1n);
  await first.close();
  await stream.cancels();
  const second = script.watch();
  await stream.accept(1n);
  await second.ready;
  await second.close();
  await stream.closed;
  script.watch();
  const next = await script.stream();
  assertEquals((await next.accept(1n)).watchId, 1n);
});

test("progress of its own id moves a watcher, that of the stream every one that is created", async () => {
  await using script = new Script();
  const seen: string[] = [];
  const watchers = ["a", "b", "c"].map((key) =>
    script.watch({ onProgress: (revision) => seen.push(`${key}${revision}`) }, singleSpan(key))
  );
  const stream = await script.stream();
  await stream.accept(1n);
  await stream.accept(1n);
  await stream.creates();
  stream.reply({ watchId: 1n, revision: 5n });
  stream.reply({ watchId: -1n, revision: 7n });
  stream.reply({ watchId: 3n, created: true, revision: 6n });
  await watchers[2].ready;
  assertEquals(seen, ["a5", "a7", "b7"]);
  assertEquals(watchers.map((watcher) => watcher.resumeRevision), [8n, 8n, 7n]);
});

test("a server that answers for no watcher at all is not believed about the stream", async () => {
  await using script = new Script();
  const seen: bigint[] = [];
  const watcher = script.watch({ onProgress: (revision) => seen.push(revision) });
  const stream = await script.stream();
  await stream.progressRequests.next();
  stream.reply({ watchId: -1n, revision: 2501n });
  await stream.accept(1n);
  stream.reply({ watchId: -1n, revision: 2501n });
  stream.events(1n, [put("k", "v", 2n)], { revision: 2501n });
  const iterator = watcher[Symbol.asyncIterator]();
  assertEquals(await read(iterator, 1), ["2 PUT k v"]);
  assertEquals(watcher.resumeRevision, 3n);
  assertEquals(seen, []);
  stream.reply({ watchId: 1n, revision: 2501n });
  iterator.next(); // the reader is told when it comes for more
  await settled();
  assertEquals([seen, watcher.resumeRevision], [[2501n], 2502n]);
});

test("progress that overtakes events does not cost them", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const stream = await script.stream();
  await stream.accept(1n);
  stream.reply({ watchId: -1n, revision: 100n });
  stream.events(1n, [put("k", "late", 50n)]);
  assertEquals(await read(watcher[Symbol.asyncIterator](), 1), ["50 PUT k late"]);
  assertEquals(watcher.resumeRevision, 101n);
});

test("a live watcher that the server cancels ends with an error, after its events", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const stream = await script.stream();
  await stream.accept(1n);
  stream.events(1n, [put("k", "v", 2n)]);
  stream.reply({ watchId: 1n, canceled: true, revision: 2n });
  await settled();
  const iterator = watcher[Symbol.asyncIterator]();
  assertEquals(await read(iterator, 1), ["2 PUT k v"]);
  const error = await assertRejects(() => iterator.next());
  assertInstanceOf(error, Error);
  assertEquals(error.name, "EtcdCancelledError");
  assertEquals((await iterator.next()).done, true);
});
