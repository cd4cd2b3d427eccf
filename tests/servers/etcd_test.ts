import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { EtcdClient, EtcdInvalidArgumentError } from "../../mod.ts";
import { http } from "../../src/testing/http.ts";
import { TcpProxy } from "../chaos/rig/proxy/proxy.ts";
import { test } from "../harness.ts";
import { FLAVOURS, open, OWN_FLAVOURS } from "./flavours.ts";
import { becomesIdle, metricsReach } from "./metrics.ts";

const MEBIBYTE = 1_048_576;

for (const flavour of FLAVOURS) {
  const { name, start } = flavour;

  test(`${name}: calls, refusals, and values of 1 MiB side by side`, async () => {
    await using world = await open(flavour);
    const { c } = world;
    assertEquals((await c.put("k", "v")).revision, 2n);
    assertEquals(await c.get("k"), "v");
    assertEquals((await c.txn((t) => [t.get("k"), t.put("k", "w"), t.count({ all: true })])).values[0], "v");
    assertEquals((await c.delete("k")).deleted, 1);
    const tooLarge = await assertRejects(
      () => c.put("k", "v".repeat(1.6 * MEBIBYTE)),
      EtcdInvalidArgumentError,
    );
    assertEquals([tooLarge.reason, tooLarge.maybeExecuted], ["REQUEST_TOO_LARGE", "no"]);
    const values = Array.from({ length: 10 }, (_, i) => String(i).repeat(MEBIBYTE));
    await Promise.all(values.map((value, i) => c.put(`big/${i}`, value)));
    const read = await Promise.all(values.map((_, i) => c.get(`big/${i}`)));
    assert(read.every((value, i) => value === values[i]));
    assertEquals(
      [...(await c.getPrefix("big/")).values()].map((value) => value.length),
      read.map(() => MEBIBYTE),
    );
  });

  test(`${name}: 20 ranges of 4 MiB that never end do not hold up a watch`, async () => {
    await using world = await open(flavour);
    const { c } = world;
    for (let i = 0; i < 4; i++) await c.put(`big/${i}`, String(i).repeat(MEBIBYTE));
    await using watcher = c.watch("tick");
    await watcher.ready;
    const ticks = watcher[Symbol.asyncIterator]();
    let ended = 0;
    let done = false;
    // 80 MiB at once take a loaded machine longer than a call may take by default.
    const all = { prefix: "big/" }, patient = { timeout: 0 };
    const ranges = Promise.all(Array.from({ length: 20 }, async () => {
      while (!done) {
        assertEquals((await c.range(all, patient)).kvs.length, 4);
        ended++;
      }
    }));
    for (let i = 0; i < 10; i++) {
      await c.put("tick", `${i}`);
      const before = ended;
      assertEquals((await ticks.next()).value?.value, `${i}`);
      // The bytes that were on their way before it may be those of one range each.
      assert(ended - before <= 20, `${ended - before} ranges overtook an event`);
    }
    done = true;
    await ranges;
    assert(ended >= 20);
  });

  test(`${name}: a lease is kept alive past its ttl, and a watch sees it end`, async () => {
    await using world = await open(flavour);
    const { c, server } = world;
    await using watcher = c.watch("k");
    await watcher.ready;
    const lease = await c.grantLease(2);
    await c.put("k", "v", { lease: lease.id });
    await using keeper = lease.keepAlive();
    await metricsReach(server, (metrics) => metrics.get("etcd_debugging_lease_renewed_total")! >= 5);
    assertEquals([keeper.signal.aborted, await c.get("k")], [false, "v"]);
    await lease.revoke();
    const seen: string[] = [];
    for await (const { type } of watcher) if (seen.push(type) === 2) break;
    assertEquals([keeper.signal.aborted, seen], [true, ["PUT", "DELETE"]]);
  });

  test(`${name}: cancelled calls reject with their signal's reason and cost nobody else anything`, async () => {
    const events: string[] = [];
    await using world = await open(flavour, { onEvent: ({ type }) => events.push(type) });
    const { c, server } = world;
    for (let i = 0; i < 8; i++) await c.put(`big/${i}`, String(i).repeat(MEBIBYTE));
    const holder = await c.lock("lock");
    for (let round = 0; round < 10; round++) {
      const controller = new AbortController();
      const { signal } = controller;
      const reason = new Error("enough");
      const watcher = c.watchPrefix("big/", { startRevision: 1n, signal });
      const calls = Promise.allSettled<unknown>([
        ...Array.from({ length: 5 }, () => c.range({ prefix: "big/" }, { signal })),
        ...Array.from({ length: 5 }, (_, i) => c.put(`put/${i}`, "v".repeat(round * 100_000), { signal })),
        c.lock("lock", { signal }),
        watcher[Symbol.asyncIterator]().next(),
      ]);
      // Now at once, now with answers under way.
      for (let i = 0; i < round; i++) await c.get("small");
      controller.abort(reason);
      for (const outcome of await calls) {
        if (outcome.status === "rejected") assertStrictEquals(outcome.reason, reason);
      }
    }
    await holder.release();
    await becomesIdle(server);
    assertEquals((await c.getPrefix("big/")).size, 8);
    assertEquals(events.filter((type) => type !== "connected"), []);
  });

  test(`${name}: a client that is closed leaves nothing on either side`, async () => {
    await using site = await start();
    const { server } = site;
    await using proxy = await TcpProxy.start(site.endpoint);
    const scheme = flavour.tls ? "https://" : "http://";
    const client = new EtcdClient(scheme + proxy.address, server.clientOptions);
    const c = await client.connect();
    await Promise.all([c.session(), c.lock("lock"), c.watch("a").ready, c.watch("b").ready]);
    assertEquals(proxy.links.length, 1);
    const [link] = proxy.links;
    await client.close();
    await link.closed;
    await becomesIdle(server);
    await using later = await new EtcdClient(server.endpoint, server.clientOptions).connect();
    assertEquals([await later.count({ all: true }), await later.listLeases()], [0, []]);
  });
}

test("grpc-go over TLS has the port to itself: nothing else is answered there", async () => {
  for (const { tls, netHttp, start } of OWN_FLAVOURS.filter((flavour) => flavour.tls)) {
    await using site = await start();
    const { tls: identity } = site.server.clientOptions;
    assert(typeof identity === "object");
    const asked = http(`${site.endpoint}/version`, { tls: identity }).then(({ status }) => status, () => 0);
    assertEquals([tls, await asked], [true, netHttp ? 200 : 0]);
  }
});
