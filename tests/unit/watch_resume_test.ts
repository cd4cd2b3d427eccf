import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EtcdClusterChangedError,
  EtcdCompactedError,
  EtcdNoLeaderError,
  EtcdPermissionDeniedError,
  EtcdTimeoutError,
  EtcdUnimplementedError,
  EtcdUnknownError,
} from "../../src/errors.ts";
import { singleSpan } from "../../src/keys.ts";
import { test } from "../harness.ts";
import { CLUSTER, live, LOST, put, read, Script } from "./watch_script.ts";

test("after a loss a watch goes on just past the last event, whatever the headers said", async () => {
  await using script = new Script();
  const { watcher, stream } = await live(script);
  stream.events(1n, [put("k", "a", 11n), put("k", "b", 15n)], { revision: 90n });
  script.rpc.store = () => ({ revision: 95n });
  const iterator = watcher[Symbol.asyncIterator]();
  await read(iterator, 2);
  stream.fail(LOST);
  const next = await script.stream();
  const request = await next.accept(95n);
  assertEquals([request.startRevision, request.watchId], [16n, 1n]);
  next.events(1n, [put("k", "c", 16n)]);
  assertEquals(await read(iterator, 1), ["16 PUT k c"]);
  assertEquals(script.rpc.events, [{ type: "watchResumed", revision: 16n }]);
  assertEquals(script.rpc.avoided, ["127.0.0.1:2379"]);
});

test("a watch without events goes on where it became ready, and after progress where that was", async () => {
  await using script = new Script();
  const { stream } = await live(script);
  stream.fail(LOST);
  const second = await script.stream();
  assertEquals((await second.accept(10n)).startRevision, 11n);
  second.reply({ watchId: -1n, revision: 40n });
  script.rpc.store = () => ({ revision: 40n });
  second.fail(LOST);
  const third = await script.stream();
  assertEquals((await third.accept(40n)).startRevision, 41n);
});

test("a part of a revision is discarded with its stream, and comes again as a whole", async () => {
  await using script = new Script();
  const { watcher, stream } = await live(script);
  stream.events(1n, [put("k1", "a", 11n), put("k1", "b", 12n)], { fragment: true });
  script.rpc.store = () => ({ revision: 12n });
  stream.fail(LOST);
  const next = await script.stream();
  assertEquals((await next.accept(12n)).startRevision, 12n);
  next.events(1n, [put("k1", "b", 12n), put("k2", "c", 12n)]);
  const batches = watcher.batches()[Symbol.asyncIterator]();
  assertEquals((await batches.next()).value.events.length, 1);
  assertEquals((await batches.next()).value.events.length, 2);
});

test("a create whose answer was lost is sent again as it was", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const first = await script.stream();
  assertEquals((await first.creates()).startRevision, 0n);
  first.fail(LOST);
  const second = await script.stream();
  assertEquals((await second.accept(33n)).startRevision, 0n);
  assertEquals(await watcher.ready, 33n);
  assertEquals(script.rpc.reads, 0, "nothing was seen that could have been rewound");
  assertEquals(script.rpc.events, []);
});

test("a watch made while there is no stream waits for one; closing and aborting it need none", async () => {
  await using script = new Script();
  const up = Promise.withResolvers<void>();
  script.rpc.up = up.promise;
  const waiting = script.watch();
  const closed = script.watch();
  const abort = new AbortController();
  const aborted = script.watch({ signal: abort.signal });
  const reading = aborted[Symbol.asyncIterator]().next();
  await closed.close();
  await assertRejects(() => closed.ready, Error, "closed");
  abort.abort(new Error("enough"));
  await assertRejects(() => reading, Error, "enough");
  await assertRejects(() => aborted.ready, Error, "enough");
  up.resolve();
  const stream = await script.stream();
  await stream.accept(3n);
  assertEquals(await waiting.ready, 3n);
  assertEquals(stream.unseen(), [], "the others were never sent");
});

test("a stream that ends without a word is a lost one", async () => {
  await using script = new Script();
  const { stream } = await live(script);
  stream.close();
  await (await script.stream()).accept(10n);
});

test("a member without a leader is avoided", async () => {
  await using script = new Script();
  const { stream } = await live(script);
  stream.fail(new EtcdNoLeaderError("no leader"));
  await (await script.stream()).accept(10n);
  assertEquals(script.rpc.avoided, ["127.0.0.1:2379"]);
});

test("a member that cancels one watcher for want of a leader is left with all of them", async () => {
  await using script = new Script();
  const { watcher, stream } = await live(script);
  script.watch({}, singleSpan("other"));
  await stream.accept(10n);
  stream.reply({ watchId: 1n, canceled: true, cancelReason: "etcdserver: no leader" });
  const next = await script.stream();
  await next.accept(10n);
  await next.accept(10n);
  next.events(1n, [put("k", "v", 11n)]);
  next.events(2n, [put("k", "v", 11n)]);
  assertEquals(await read(watcher[Symbol.asyncIterator](), 1), ["11 PUT k v"]);
});

test("compaction ends a watch after its events, and the server is told to forget it", async () => {
  await using script = new Script();
  const watcher = script.watch({ startRevision: 3n });
  const stream = await script.stream();
  await stream.accept(90n);
  stream.events(1n, [put("k", "v", 5n)], { revision: 90n });
  stream.reply({ watchId: 1n, canceled: true, compactRevision: 60n });
  assertEquals(await stream.cancels(), 1n);
  stream.reply({ watchId: 1n, canceled: true, revision: 90n });
  const iterator = watcher[Symbol.asyncIterator]();
  assertEquals(await read(iterator, 1), ["5 PUT k v"]);
  const error = await assertRejects(() => iterator.next(), EtcdCompactedError, "60");
  assertEquals(error.compactRevision, 60n);
  assertEquals(watcher.resumeRevision, 6n);
});

test("compaction of what progress has passed is no loss", async () => {
  await using script = new Script();
  const { watcher, stream } = await live(script);
  stream.reply({ watchId: 1n, revision: 80n });
  stream.reply({ watchId: 1n, canceled: true, compactRevision: 60n });
  assertEquals(await stream.cancels(), 1n);
  const request = await stream.accept(80n);
  assertEquals([request.startRevision, request.watchId], [81n, 2n]);
  stream.reply({ watchId: 1n, canceled: true, revision: 80n });
  stream.events(2n, [put("k", "v", 81n)]);
  assertEquals(await read(watcher[Symbol.asyncIterator](), 1), ["81 PUT k v"]);
});

test("a server that went back ends watches before they go on", async () => {
  await using script = new Script();
  const { watcher, stream } = await live(script);
  stream.events(1n, [put("k", "v", 21n)]);
  const iterator = watcher[Symbol.asyncIterator]();
  await read(iterator, 1);
  script.rpc.store = () => ({ revision: 20n });
  stream.fail(LOST);
  await assertRejects(() => iterator.next(), EtcdClusterChangedError, "below revision 21");
  const next = await script.stream();
  assertEquals(next.unseen(), [], "nothing was created");
});

test("what one watcher saw counts for all, and new ones are not held against it", async () => {
  await using script = new Script();
  const { watcher: quiet, stream } = await live(script);
  const busy = script.watch();
  await stream.accept(50n);
  await busy.ready;
  const future = script.watch({ startRevision: 1000n }, singleSpan("future"));
  await stream.creates();
  script.rpc.store = () => ({ revision: 30n });
  stream.fail(LOST);
  await assertRejects(() => quiet[Symbol.asyncIterator]().next(), EtcdClusterChangedError);
  await assertRejects(() => busy[Symbol.asyncIterator]().next(), EtcdClusterChangedError);
  const next = await script.stream();
  assertEquals((await next.accept(30n)).startRevision, 1000n);
  assertEquals(await future.ready, 999n);
});

test("a watch that starts in the future is judged by what the server showed, not by its start", async () => {
  await using script = new Script();
  const watcher = script.watch({ startRevision: 1000n });
  const stream = await script.stream();
  await stream.accept(10n);
  await watcher.ready;
  script.rpc.store = () => ({ revision: 10n });
  stream.fail(LOST);
  const next = await script.stream();
  assertEquals((await next.accept(10n)).startRevision, 1000n);
});

test("another cluster behind the endpoint is noticed, by reads and by streams", async () => {
  await using script = new Script();
  const { watcher, stream } = await live(script);
  script.rpc.store = () => ({ clusterId: CLUSTER + 1n, revision: 500n });
  stream.fail(LOST);
  await assertRejects(
    () => watcher[Symbol.asyncIterator]().next(),
    EtcdClusterChangedError,
    "another cluster",
  );

  await using other = new Script();
  const second = await live(other);
  second.stream.fail(LOST);
  const next = await other.stream();
  const { watchId } = await next.creates();
  next.reply({ watchId, created: true, revision: 500n, cluster: CLUSTER + 1n });
  await assertRejects(() => second.watcher[Symbol.asyncIterator]().next(), EtcdClusterChangedError);
  assertEquals(await next.cancels(), watchId);
});

test("watches end when the calls were told first, however far the new store has come since", async () => {
  await using script = new Script();
  const { watcher, stream } = await live(script);
  script.rpc.changed({});
  script.rpc.store = () => ({ revision: 500n });
  const anew = script.watch();
  await stream.accept(500n);
  await anew.ready;
  stream.fail(LOST);
  await assertRejects(() => watcher[Symbol.asyncIterator]().next(), EtcdClusterChangedError, "history");
  const next = await script.stream();
  assertEquals((await next.accept(500n)).startRevision, 501n, "that which began after it goes on");
  assertEquals(next.unseen(), []);
});

test("a watch that began on a new store before the calls were told of it goes on with it", async () => {
  await using script = new Script();
  const { watcher, stream } = await live(script);
  script.rpc.connection = {};
  const { promise: down, resolve: up } = Promise.withResolvers<void>();
  script.rpc.up = down;
  stream.fail(LOST);
  const [early, between] = [script.watch({}, singleSpan("early")), script.watch({}, singleSpan("between"))];
  script.rpc.store = () => {
    script.rpc.changed();
    throw new EtcdClusterChangedError("went back");
  };
  up();
  await assertRejects(() => watcher[Symbol.asyncIterator]().next(), EtcdClusterChangedError);
  const next = await script.stream();
  await next.accept(3n);
  await next.accept(3n);
  await Promise.all([early.ready, between.ready]);
  script.rpc.changed();
  script.rpc.store = () => ({ revision: 7n });
  next.fail(LOST);
  const third = await script.stream();
  assertEquals((await third.accept(7n)).startRevision, 4n);
  assertEquals((await third.accept(7n)).startRevision, 4n);
});

test("a watch from a revision of the old store does not begin on the new one", async () => {
  await using script = new Script();
  const { promise: down, resolve: up } = Promise.withResolvers<void>();
  script.rpc.up = down;
  const watcher = script.watch({ startRevision: 201n });
  script.rpc.changed();
  await assertRejects(() => watcher.ready, EtcdClusterChangedError);
  const later = script.watch({ startRevision: 5n });
  up();
  const stream = await script.stream();
  assertEquals((await stream.accept(1n)).startRevision, 5n);
  await later.ready;
  // Its server was a new one already, and nobody knew.
  script.rpc.changed();
  await assertRejects(() => later[Symbol.asyncIterator]().next(), EtcdClusterChangedError);
});

test("what the calls found out of a changed cluster ends the watches too", async () => {
  await using script = new Script();
  const { watcher, stream } = await live(script);
  script.rpc.store = () => {
    throw new EtcdClusterChangedError("another cluster");
  };
  stream.fail(LOST);
  await assertRejects(() => watcher[Symbol.asyncIterator]().next(), EtcdClusterChangedError);
});

test("while the cluster cannot be asked, watches wait, and then go on", async () => {
  await using script = new Script();
  const { stream } = await live(script);
  let refusals = 2;
  script.rpc.store = () => {
    if (refusals-- > 0) throw LOST;
    return { revision: 10n };
  };
  stream.fail(LOST);
  const second = await script.stream();
  await second.closed;
  const third = await script.stream();
  await third.closed;
  await (await script.stream()).accept(10n);
  assertEquals(second.unseen(), []);
});

test("a watch whose keys may no longer be read ends alone", async () => {
  await using script = new Script();
  const { watcher, stream } = await live(script);
  const other = script.watch({}, singleSpan("other"));
  await stream.accept(10n);
  await other.ready;
  script.rpc.store = (key) => {
    if (key[0] === "k".charCodeAt(0)) throw new EtcdPermissionDeniedError("permission denied");
    return { revision: 10n };
  };
  stream.fail(LOST);
  await assertRejects(() => watcher[Symbol.asyncIterator]().next(), EtcdPermissionDeniedError);
  const next = await script.stream();
  assertEquals((await next.accept(10n)).key, new TextEncoder().encode("other"));
  assertEquals(script.rpc.renewals, 1, "the refusal may have been meant for the token");
});

test("what is no error of a call is borne for some seconds, and then ends a watch", async () => {
  await using script = new Script();
  const up = Promise.withResolvers<void>();
  script.rpc.up = up.promise;
  const first = script.watch();
  up.reject(new TypeError("Module not found"));
  const error = await assertRejects(() => first.ready, EtcdUnknownError, "Module not found");
  assert(error.cause instanceof TypeError);

  await using other = new Script();
  const { watcher, stream } = await live(other);
  stream.fail(new EtcdTimeoutError("Cannot call Auth/Authenticate within 10000 ms"));
  const next = await other.stream();
  await next.accept(10n);
  next.fail(new RangeError("A mistake of a middleware"));
  const third = await other.stream();
  await third.accept(10n);
  third.events(1n, [put("k", "v", 11n)]);
  assertEquals(await read(watcher[Symbol.asyncIterator](), 1), ["11 PUT k v"]);
});

test("a middleware that makes errors of its own of all losses ends no watch that goes on between them", async () => {
  await using script = new Script();
  const { watcher, stream } = await live(script);
  script.rpc.store = () => ({ revision: 30n });
  const events = watcher[Symbol.asyncIterator]();
  let current = stream;
  for (let revision = 11n; revision < 30n; revision++) {
    current.events(1n, [put("k", "v", revision)]);
    assertEquals(await read(events, 1), [`${revision} PUT k v`]);
    current.fail(new RangeError("lost"));
    current = await script.stream();
    await current.accept(30n);
  }
});

test("a server without watches ends them all with its error", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const stream = await script.stream();
  stream.fail(new EtcdUnimplementedError("unknown service"));
  await assertRejects(() => watcher.ready, EtcdUnimplementedError);
});

test("a client that is closed ends its watches quietly", async () => {
  await using script = new Script();
  const { watcher, stream } = await live(script);
  const next = watcher[Symbol.asyncIterator]().next();
  script.rpc.close();
  stream.fail(LOST);
  assertEquals((await next).done, true);
});
