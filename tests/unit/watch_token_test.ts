import { assertEquals, assertRejects } from "@std/assert";
import {
  EtcdInvalidArgumentError,
  EtcdPermissionDeniedError,
  EtcdTimeoutError,
  EtcdUnauthenticatedError,
} from "../../src/errors.ts";
import { singleSpan } from "../../src/keys.ts";
import { test } from "../harness.ts";
import { live, LOST, put, read, Script } from "./watch_script.ts";

for (
  const cancelReason of [
    "rpc error: code = Unauthenticated desc = etcdserver: invalid auth token",
    "etcdserver: revision of auth store is old",
  ]
) {
  test(`an expired token costs a login and a stream, and live watches stay: ${cancelReason}`, async () => {
    await using script = new Script();
    script.rpc.token = "first";
    const { watcher, stream } = await live(script);
    script.rpc.renew = () => {
      script.rpc.token = "second";
      return true;
    };
    const later = script.watch({}, singleSpan("later"));
    await stream.refuse(cancelReason);
    const renewed = await script.stream();
    assertEquals([renewed.token, script.rpc.renewals], ["second", 1]);
    await renewed.accept(12n);
    assertEquals(await later.ready, 12n);
    stream.events(1n, [put("k", "v", 11n)]);
    assertEquals(await read(watcher[Symbol.asyncIterator](), 1), ["11 PUT k v"]);
    // When the old stream ends, its watchers move to the new one.
    stream.fail(LOST);
    script.rpc.store = () => ({ revision: 12n });
    assertEquals((await renewed.accept(12n)).startRevision, 12n);
  });
}

test("a refusal that names the requested id may be meant for the token: one login, then it stands", async () => {
  await using script = new Script();
  script.rpc.renew = () => true;
  const watcher = script.watch();
  const refuse = async () => {
    const stream = await script.stream();
    const { watchId } = await stream.creates();
    stream.reply({ watchId, created: true, canceled: true, cancelReason: "etcdserver: permission denied" });
  };
  await refuse();
  await refuse();
  await assertRejects(() => watcher.ready, EtcdPermissionDeniedError);
  assertEquals(script.rpc.renewals, 1);
});

test("a refusal that cannot be meant for the token costs no login", async () => {
  await using script = new Script();
  script.rpc.renew = () => true;
  const watcher = script.watch();
  await (await script.stream()).refuse("etcdserver: permission denied");
  await assertRejects(() => watcher.ready, EtcdPermissionDeniedError);
  assertEquals(script.rpc.renewals, 0);
});

test("a static token that has expired ends the watch", async () => {
  await using script = new Script();
  const watcher = script.watch();
  await (await script.stream()).refuse("etcdserver: invalid auth token");
  await assertRejects(() => watcher.ready, EtcdUnauthenticatedError);
});

test("a login that is refused ends the watch that needed it", async () => {
  await using script = new Script();
  script.rpc.renew = () => {
    throw new EtcdInvalidArgumentError("authentication failed");
  };
  const watcher = script.watch();
  await (await script.stream()).refuse("etcdserver: invalid auth token");
  await assertRejects(() => watcher.ready, EtcdInvalidArgumentError);
});

test("a live watch outlives stale tokens and a login that fails, but not any number of them", async () => {
  await using script = new Script();
  const { watcher, stream } = await live(script);
  const stale = new EtcdUnauthenticatedError("invalid auth token", { reason: "INVALID_AUTH_TOKEN" });
  script.rpc.renew = () => {
    if (script.rpc.renewals === 1) throw LOST;
    return "known";
  };
  stream.fail(LOST);
  for (let i = 0; i < 3; i++) (await script.stream()).fail(stale);
  const good = await script.stream();
  await good.accept(10n);
  good.events(1n, [put("k", "v", 11n)]);
  const events = watcher[Symbol.asyncIterator]();
  assertEquals(await read(events, 1), ["11 PUT k v"]);
  script.rpc.store = () => ({ revision: 11n });
  good.fail(stale);
  for (let i = 0; i < 4; i++) (await script.stream()).fail(stale);
  await assertRejects(() => events.next(), EtcdUnauthenticatedError);
  assertEquals(script.rpc.renewals, 7);
});

test("a live watch ends by what the login says", async () => {
  await using script = new Script();
  const { watcher, stream } = await live(script);
  script.rpc.renew = () => {
    throw new EtcdInvalidArgumentError("authentication failed");
  };
  stream.fail(new EtcdUnauthenticatedError("invalid auth token", { reason: "INVALID_AUTH_TOKEN" }));
  await assertRejects(() => watcher[Symbol.asyncIterator]().next(), EtcdInvalidArgumentError);
});

test("a login that takes too long is tried once more", async () => {
  await using script = new Script();
  script.rpc.renew = () => {
    if (script.rpc.renewals === 1) {
      throw new EtcdTimeoutError("Cannot call Auth/Authenticate within 10000 ms");
    }
    return true;
  };
  const watcher = script.watch();
  for (let i = 0; i < 2; i++) {
    await (await script.stream()).refuse("etcdserver: invalid auth token");
  }
  await (await script.stream()).accept(12n);
  assertEquals(await watcher.ready, 12n);
});
