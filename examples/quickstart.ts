/**
 * A tour of all that the other examples show one by one. Its keys are in a namespace of their own, and gone at the end.
 *
 * @module
 */

import { CompareKey, EtcdClient, EtcdLockLostError, EtcdTimeoutError } from "@etcetra/etcd";
import type { EtcdClientOptions, EtcdCommunicator } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";
import { step, tell } from "./shared/narrate.ts";
import { show } from "./shared/show.ts";

/** Walks through everything, on the etcd at `at`. */
export async function tour(at: string, options?: EtcdClientOptions): Promise<void> {
  await using etcd = new EtcdClient(at, { ...options, namespace: "quickstart/" });
  await using communicator = await etcd.connect();
  await communicator.deletePrefix(""); // what an interrupted tour left

  await putAndGet(communicator);
  await getPrefix(communicator);
  await takeTurns(etcd);
  await giveUp(etcd);
  await outliveTtl(etcd);
  await watchKey(communicator);
  await watchPrefix(communicator);
  await compare(communicator);
  await getTwo(communicator);
  await writeGuarded(communicator);
  await listThenFollow(communicator);

  await communicator.deletePrefix("");
}

async function putAndGet(communicator: EtcdCommunicator): Promise<void> {
  step("Put a value under a key, and get it back.");
  await communicator.put("testkey", "testvalue");
  tell(await communicator.get("testkey"));
}

async function getPrefix(communicator: EtcdCommunicator): Promise<void> {
  step("Get all keys with a prefix, as a Map.");
  await communicator.put("/testdir", "root");
  await communicator.put("/testdir/1", "1");
  await communicator.put("/testdir/2", "2");
  await communicator.put("/testdir/2/3", "3");
  for (const [key, value] of await communicator.getPrefix("/testdir")) tell(key.padEnd(12), value);
}

async function takeTurns(etcd: EtcdClient): Promise<void> {
  step("Two tasks want one lock: the second waits for the first.");
  const taken = Promise.withResolvers<void>();
  const first = etcd.withLock("foolock", async (communicator) => {
    taken.resolve();
    return `first: ${await communicator.get("testkey")}`;
  });
  await Promise.race([taken.promise, first]);
  const second = etcd.withLock("foolock", async (communicator) => {
    return `second: ${await communicator.get("testkey")}`;
  });
  tell(await first, "|", await second);
}

async function giveUp(etcd: EtcdClient): Promise<void> {
  step("A task waits half a second for the lock at most, then gives up.");
  await using first = await etcd.withLock("foolock");
  try {
    await using _second = await etcd.withLock("foolock", { timeout: 500 });
  } catch (error) {
    if (!(error instanceof EtcdTimeoutError)) throw error;
    tell(error.name);
  }
  tell("first:", await first.get("testkey"));
}

async function outliveTtl(etcd: EtcdClient): Promise<void> {
  step("A lock with a ttl, here two seconds, is released after it in any case.");
  await using _first = await etcd.withLock("foolock", { ttl: 2 });
  const start = performance.now();
  await using _second = await etcd.withLock("foolock");
  tell(`acquired lock after ${((performance.now() - start) / 1_000).toFixed(1)} seconds`);
}

async function watchKey(communicator: EtcdCommunicator): Promise<void> {
  step("Watch a key: every change arrives, once and in order.");
  await using watcher = communicator.watch("testkey");
  await watcher.ready;
  for (const value of ["1", "2", "3", "4", "5"]) await communicator.put("testkey", value);
  for await (const event of watcher) {
    tell(event.type, event.value);
    if (event.value === "5") break;
  }
}

async function watchPrefix(communicator: EtcdCommunicator): Promise<void> {
  step("Watch all keys with a prefix.");
  await using watcher = communicator.watchPrefix("/testdir");
  await watcher.ready;
  await communicator.put("/testdir", "1");
  await communicator.put("/testdir/foo", "2");
  await communicator.put("/testdir/bar", "3");
  await communicator.put("/testdir/foo/baz", "4");
  for await (const event of watcher) {
    tell(event.type, event.key, event.value);
    if (event.value === "4") break;
  }
}

async function compare(communicator: EtcdCommunicator): Promise<void> {
  await communicator.put("cmpkey1", "foo");
  await communicator.put("cmpkey2", "baz");
  await communicator.put("successkey", "asdf");
  await communicator.put("failurekey", "asdf");
  const foo = new CompareKey("cmpkey1").value.eq("foo");

  step("Where all its compares hold, a transaction runs its first branch …");
  const succeeded = await communicator.txnCompare(
    [foo, new CompareKey("cmpkey2").value.gt("bar")],
    (success) => void success.get("successkey"),
  );
  tell(show(succeeded.values));

  step("… and where one does not, the other.");
  const failed = await communicator.txnCompare(
    [foo, new CompareKey("cmpkey2").value.lt("bar")],
    (_success, failure) => void failure.get("failurekey"),
  );
  tell(show(failed.values));
}

async function getTwo(communicator: EtcdCommunicator): Promise<void> {
  step("A transaction without compares does several things at one revision.");
  const { values: [foo, baz] } = await communicator.txn((t) => [t.get("cmpkey1"), t.get("cmpkey2")]);
  tell(show([foo, baz]));
}

async function writeGuarded(communicator: EtcdCommunicator): Promise<void> {
  step("A holder that lost its lock unawares cannot write any more.");
  await using first = await communicator.lock("jobs");
  await communicator.revokeLease(first.lease); // what a long pause of the first comes to
  await using second = await communicator.lock("jobs");
  await second.put("done", "by second");
  try {
    await first.put("done", "by first");
  } catch (error) {
    if (!(error instanceof EtcdLockLostError)) throw error;
    tell(error.name);
  }
  tell("done:", await communicator.get("done"));
}

async function listThenFollow(communicator: EtcdCommunicator): Promise<void> {
  step("List keys, then follow their changes: nothing is missed in between.");
  const { count, revision } = await communicator.range({ prefix: "/testdir" });
  tell("listed:", count, "keys");
  await communicator.delete("/testdir/1"); // before there is a watch
  await using watcher = communicator.watchPrefix("/testdir", { startRevision: revision + 1n });
  for await (const event of watcher) {
    tell("followed:", event.type, event.key);
    break;
  }
}

if (import.meta.main) await tour(endpoint);
