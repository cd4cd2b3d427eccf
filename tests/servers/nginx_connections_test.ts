import { assert, assertEquals, assertRejects } from "@std/assert";
import { EtcdClient, EtcdError, EtcdTimeoutError } from "../../mod.ts";
import { behindNginx, follow, listener, outcome } from "./behind_nginx.ts";
import { connected } from "./flavours.ts";
import { becomesIdle } from "./metrics.ts";

behindNginx("a connection that ends after so many requests costs no call anything", async (start) => {
  for (const tls of [false, true]) {
    const { onEvent, of } = listener();
    const site = await start(tls, ["keepalive_requests 50;"]);
    // Nothing is repeated, as nothing fails: calls that come too late for a connection go to the next.
    await using world = await connected(site, { onEvent, retry: false });
    const { c, nginx } = world;
    await using watch = follow(c, "k/");
    await watch.ready;
    await Promise.all(Array.from({ length: 400 }, (_, i) => c.put(`k/${i}`, `${i}`)));
    const seen = await watch.upTo(400);
    assertEquals(new Set(seen).size, 400);
    assertEquals((await c.getPrefix("k/")).size, 400);
    assert(of("connected").length >= 9, `${of("connected").length} connections`);
    assertEquals(of("retry"), []);
    const calls = await nginx.callsReach((calls) =>
      calls.filter(({ path }) => /Put/.test(path)).length >= 400
    );
    assertEquals(calls.filter(({ path, status }) => /Put/.test(path) && status === 200).length, 400);
  }
});

behindNginx("an idle connection that nginx ends is replaced by the next call, unnoticed", async (start) => {
  const { onEvent, of, nth } = listener();
  const site = await start(false, ["keepalive_timeout 1s;"]);
  await using world = await connected(site, { onEvent, retry: false });
  for (let round = 1; round <= 2; round++) {
    await world.c.put("k", `${round}`);
    await nth("disconnected", round);
    assertEquals(await world.c.get("k"), `${round}`);
  }
  assertEquals(of("retry"), []);
});

behindNginx("a reload fails no call, and a watch moves to the new worker without a loss", async (start) => {
  for (const tls of [false, true]) {
    const { onEvent, nth } = listener();
    await using world = await connected(await start(tls), { onEvent, retry: false });
    const { c, nginx } = world;
    await using watch = follow(c, "k/");
    await watch.ready;
    let reloaded = false;
    let puts = 0;
    const writers = Promise.all(Array.from({ length: 8 }, async (_, writer) => {
      for (let after = 0; after < 5;) {
        await c.put(`k/${writer}`, `${puts++}`);
        if (reloaded) after++;
      }
    }));
    for (let round = 1; round <= 3; round++) {
      await nginx.reload();
      await nth("watchResumed", round);
    }
    reloaded = true;
    await writers;
    const seen = await watch.upTo(puts);
    assertEquals(new Set(seen).size, puts);
  }
});

behindNginx(
  "a kill is a lost connection: what was under way is told, and everything goes on after it",
  async (start) => {
    const { onEvent, nth } = listener();
    await using world = await connected(await start(false), { onEvent });
    const { c, nginx, server } = world;
    await using watch = follow(c, "k/");
    await watch.ready;
    const lease = await c.grantLease(60);
    await using keeper = lease.keepAlive();
    await server.pause();
    const put = outcome(c.put("k/lost", "maybe"));
    const got = c.get("other");
    // They have reached nginx when a later call on the same connection has its end there.
    await outcome(c.get("other", { timeout: 50 }));
    await nginx.callsReach((calls) => calls.some(({ status }) => status === 499));
    await nginx.kill();
    assertEquals(await put, "EtcdUnavailableError 14 unknown");
    await server.resume();
    await nginx.start();
    assertEquals(await got, null);
    await nth("watchResumed", 1);
    await c.put("k/after", "after");
    const [first] = await watch.upTo(1);
    assertEquals(first === "maybe" ? (await watch.upTo(2))[1] : first, "after");
    assertEquals(keeper.signal.aborted, false);
  },
);

behindNginx("a watch that nginx cuts for its silence resumes, and loses nothing", async (start) => {
  for (const limit of ["grpc_read_timeout 1s;", "client_body_timeout 1s;"]) {
    const { onEvent, nth } = listener();
    await using world = await connected(await start(false, [limit]), { onEvent });
    await using watch = follow(world.c, "k/");
    await watch.ready;
    for (let round = 1; round <= 2; round++) {
      await world.c.put("k/k", `${round}`);
      await nth("watchResumed", round);
    }
    await world.c.put("k/k", "3");
    assertEquals(await watch.upTo(3), ["1", "2", "3"]);
  }
});

behindNginx("calls beyond http2_max_concurrent_streams wait their turn, and their time", async (start) => {
  const site = await start(true, ["http2_max_concurrent_streams 4;"]);
  await using world = await connected(site);
  const { c, server } = world;
  await using watch = follow(c, "k/");
  await watch.ready;
  await Promise.all(Array.from({ length: 200 }, (_, i) => c.put(`k/${i}`, `${i}`)));
  assertEquals((await watch.upTo(200)).length, 200);
  await server.pause();
  const blocked = Array.from({ length: 10 }, () => c.get("k/0"));
  const controller = new AbortController();
  const reason = new Error("enough");
  const aborted = assertRejects(() => c.put("k/x", "x", { signal: controller.signal }), Error, "enough");
  const late = await assertRejects(() => c.put("k/y", "y", { timeout: 100 }), EtcdTimeoutError);
  controller.abort(reason);
  await aborted;
  // It never left: all places were taken.
  assertEquals(late.maybeExecuted, "no");
  await server.resume();
  assertEquals(new Set(await Promise.all(blocked)), new Set(["0"]));
  assertEquals(await c.count({ prefix: "k/" }), 200);
});

behindNginx("calls that are given up are given up at etcd too", async (start) => {
  for (const tls of [false, true]) {
    await using world = await connected(await start(tls));
    const { c, server, nginx } = world;
    const holder = await c.lock("lock");
    for (let round = 0; round < 3; round++) {
      const controller = new AbortController();
      const waiting = assertRejects(() => c.lock("lock", { signal: controller.signal }), Error, "enough");
      const watcher = c.watch("k");
      await watcher.ready;
      controller.abort(new Error("enough"));
      await waiting;
      await watcher[Symbol.asyncDispose]();
    }
    await holder.release();
    await becomesIdle(server);
    await nginx.callsReach((calls) => calls.some(({ path }) => path.includes("Watch")));
  }
});

behindNginx("an nginx that is told to quit is left by its client", async (start) => {
  const { onEvent, nth } = listener();
  await using world = await connected(await start(false), { onEvent, connectTimeout: 300 });
  await using watch = follow(world.c, "k");
  await watch.ready;
  await world.nginx.quit();
  await nth("disconnected", 1);
  const error = await assertRejects(() => world.c.put("k", "v", { timeout: 300 }), EtcdTimeoutError);
  assertEquals(error.maybeExecuted, "no");
  await world.nginx.kill();
  await world.nginx.start();
  await world.c.put("k", "v");
  assertEquals(await watch.upTo(1), ["v"]);
});

behindNginx(
  "TLS: a certificate of another authority, and one for other names, are refused",
  async (start) => {
    await using site = await start(true);
    const { tls } = site.server.clientOptions;
    assert(typeof tls === "object");
    for (const wrong of [{ ...tls, caCerts: undefined }, { ...tls, serverName: "etcd.example" }]) {
      await using client = new EtcdClient(site.endpoint, { tls: wrong });
      const error = await assertRejects(() => client.connect(), EtcdError);
      assertEquals([error.code, error.reason], [16, "TLS_REFUSED"]);
    }
  },
);
