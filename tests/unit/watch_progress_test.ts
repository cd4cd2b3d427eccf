import { assert, assertEquals, assertRejects } from "@std/assert";
import { EtcdCancelledError, EtcdTimeoutError, EtcdUnavailableError } from "../../src/errors.ts";
import { test } from "../harness.ts";
import { put, read, Script, type ScriptedStream, settled } from "./watch_script.ts";

test("requestProgress resolves when all that happened before was read", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const stream = await script.stream();
  await stream.accept(1n);
  await watcher.ready;
  script.rpc.store = () => ({ revision: 1n });
  assertEquals(await watcher.requestProgress(), 1n, "nothing has happened since");
  script.rpc.store = () => ({ revision: 30n });
  stream.events(1n, [put("k", "v", 20n)]);
  let resolved = false;
  const progress = watcher.requestProgress().finally(() => resolved = true);
  await stream.progressRequests.next();
  await stream.progressRequests.next();
  stream.reply({ watchId: -1n, revision: 30n });
  await settled();
  assertEquals(resolved, false, "an event is still to be read");
  await read(watcher[Symbol.asyncIterator](), 1);
  assertEquals(await progress, 30n);
  assertEquals(watcher.resumeRevision, 31n);
});

test("requestProgress is satisfied by events alone", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const stream = await script.stream();
  await stream.accept(1n);
  await watcher.ready;
  script.rpc.store = () => ({ revision: 30n });
  const progress = watcher.requestProgress();
  const reading = read(watcher[Symbol.asyncIterator](), 1);
  stream.events(1n, [put("k", "v", 31n)]);
  await reading;
  assertEquals(await progress, 30n);
});

test("requestProgress asks again, and moves to a stream of its own where another watcher holds it up", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const ahead = script.watch({ startRevision: 1000n });
  const stream = await script.stream();
  await stream.accept(1n);
  await stream.accept(1n);
  await ahead.ready;
  script.rpc.store = () => ({ revision: 30n });
  const progress = watcher.requestProgress();
  assertEquals(await stream.cancels(), 1n);
  assert(stream.progressRequests.drain().length >= 3);
  const own = await script.stream();
  assertEquals((await own.accept(30n)).startRevision, 2n);
  own.reply({ watchId: -1n, revision: 30n });
  assertEquals(await progress, 30n);
  assertEquals(script.rpc.events, [], "nothing was interrupted");
});

test("requestProgress ends by timeout, by signal, and with the watch", async () => {
  await using script = new Script();
  const watcher = script.watch();
  await (await script.stream()).accept(1n);
  await watcher.ready;
  script.rpc.store = () => ({ revision: 30n });
  await assertRejects(() => watcher.requestProgress({ timeout: 20 }), EtcdTimeoutError, "20 ms");
  const abort = new AbortController();
  const aborted = watcher.requestProgress({ signal: abort.signal });
  await settled();
  abort.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  const ended = watcher.requestProgress();
  await settled();
  const early = watcher.requestProgress();
  await watcher.close();
  await assertRejects(() => ended, EtcdCancelledError, "closed");
  await assertRejects(() => early, EtcdCancelledError, "closed");
  await assertRejects(() => watcher.requestProgress(), TypeError, "closed");
});

test("requestProgress waits through a lost stream", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const stream = await script.stream();
  await stream.accept(1n);
  await watcher.ready;
  script.rpc.store = () => ({ revision: 30n });
  const progress = watcher.requestProgress();
  await stream.progressRequests.next();
  await stream.progressRequests.next();
  stream.fail(new EtcdUnavailableError("lost"));
  const next = await script.stream();
  await next.accept(30n);
  next.reply({ watchId: -1n, revision: 30n });
  assertEquals(await progress, 30n);
});

test("requestProgress within the loop answers what the loop has read, rather than wait for itself", async () => {
  await using script = new Script();
  const watcher = script.watch();
  const stream = await script.stream();
  await stream.accept(1n);
  script.rpc.store = () => ({ revision: 4n });
  stream.events(1n, [put("k1", "a", 2n), put("k1", "b", 3n), put("k2", "c", 3n), put("k1", "d", 4n)]);
  const answers: bigint[] = [];
  let events = 0;
  for await (const _ of watcher) {
    events++;
    if (events === 2 || events === 4) answers.push(await watcher.requestProgress());
    if (events === 4) break;
  }
  assertEquals(answers, [2n, 4n]);
});

test("onProgress is told of a revision after the loop has had its changes, also where both come at once", async () => {
  await using script = new Script();
  const seen: string[] = [];
  const watcher = script.watch({ onProgress: (revision) => seen.push(`up to ${revision}`) });
  const stream = await script.stream();
  await stream.accept(1n);
  stream.reply({ watchId: 1n, revision: 2n });
  await settled();
  assertEquals(seen, ["up to 2"], "nobody reads yet");
  for (const [name, revisions] of [["waiting", [3n, 4n]], ["buffered", [5n, 6n]]] as const) {
    for (const revision of revisions) {
      stream.events(1n, [put("k", name, revision)]);
      stream.reply({ watchId: 1n, revision });
    }
    if (name === "waiting") {
      (async () => {
        for await (const { revision } of watcher.batches()) {
          await settled();
          seen.push(`read ${revision}`);
        }
      })();
    }
  }
  while (seen.at(-1) !== "up to 6") await settled();
  assertEquals(seen.filter((one) => one.startsWith("read")), ["read 3", "read 4", "read 5", "read 6"]);
  for (const [at, one] of seen.entries()) {
    const later = seen.slice(at).filter((other) => other.startsWith("read"));
    if (one.startsWith("up to")) {
      assert(later.every((other) => Number(other.slice(5)) > Number(one.slice(6))), seen.join());
    }
  }
});

test("progress is asked for after a minute without, also where no stream and no token lasts that long", async () => {
  const { setInterval, clearInterval } = globalThis;
  const { now } = performance;
  const running = new Map<number, () => void>();
  let [ids, passed] = [0, 0];
  globalThis.setInterval = ((callback: () => void) => {
    running.set(++ids, callback);
    return ids;
  }) as unknown as typeof setInterval;
  globalThis.clearInterval = ((id: number) => void running.delete(id)) as typeof clearInterval;
  performance.now = () => now.call(performance) + passed;
  /** How often the stream is asked after so many more milliseconds. */
  const askedAfter = (milliseconds: number, { progressRequests }: ScriptedStream) => {
    progressRequests.drain();
    passed += milliseconds;
    running.forEach((look) => look());
    return progressRequests.drain().length;
  };
  try {
    await using script = new Script();
    const watcher = script.watch();
    const first = await script.stream();
    await first.accept(1n);
    await settled();
    assertEquals(askedAfter(50_000, first), 0);
    first.fail(new EtcdUnavailableError("lost"));
    const refusing = await script.stream();
    await refusing.creates();
    script.rpc.renew = () => true;
    const cancelReason = "etcdserver: invalid auth token";
    refusing.reply({ watchId: -1n, created: true, canceled: true, cancelReason });
    const second = await script.stream();
    await second.accept(1n);
    await settled();
    assertEquals(askedAfter(10_000, second), 1);
    assertEquals(askedAfter(5_000, second), 1, "it was not answered");
    second.reply({ watchId: -1n, revision: 7n });
    await settled();
    assertEquals(watcher.resumeRevision, 8n);
    assertEquals(askedAfter(50_000, second), 0);
    assertEquals(askedAfter(10_000, second), 1);
    assertEquals(running.size, 1);
  } finally {
    await settled();
    Object.assign(globalThis, { setInterval, clearInterval });
    performance.now = now;
  }
  assertEquals(running.size, 0);
});
