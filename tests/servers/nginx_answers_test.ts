import { assert, assertEquals, assertRejects } from "@std/assert";
import { EtcdTimeoutError, EtcdUnavailableError, EtcdUnknownError } from "../../mod.ts";
import { behindNginx, follow, listener, outcome } from "./behind_nginx.ts";
import { connected } from "./flavours.ts";
import { becomesIdle } from "./metrics.ts";

behindNginx("an etcd that is gone is HTTP status 502, and UNAVAILABLE", async (start) => {
  await using world = await connected(await start(false), { retry: false });
  const { c, server, nginx } = world;
  await server.kill();
  const error = await assertRejects(() => c.put("k", "v"), EtcdUnavailableError, "HTTP status 502");
  assertEquals([error.code, error.maybeExecuted], [14, "unknown"]);
  assertEquals((await nginx.callsReach((calls) => calls.length > 0)).at(-1)?.status, 502);
  await server.restart();
  assertEquals(await outcome(c.put("k", "v")), "done");
});

behindNginx("an etcd that is gone is waited for by what may be repeated", async (start) => {
  await using world = await connected(await start(false, ["grpc_next_upstream off;"]));
  const { c, server } = world;
  await c.put("k", "v");
  await using watch = follow(c, "k");
  await watch.ready;
  await server.kill();
  const got = c.get("k");
  await server.restart();
  assertEquals(await got, "v");
  await c.put("k", "w");
  assertEquals(await watch.upTo(1), ["w"]);
});

behindNginx("an etcd that is silent is HTTP status 504, and UNAVAILABLE", async (start) => {
  const site = await start(false, ["grpc_read_timeout 1s;"]);
  await using world = await connected(site, { retry: false });
  const { c, server } = world;
  await server.pause();
  const error = await assertRejects(() => c.put("k", "v"), EtcdUnavailableError, "HTTP status 504");
  assertEquals([error.code, error.maybeExecuted], [14, "unknown"]);
  await server.resume();
});

behindNginx("a deadline holds before an nginx that does not answer", async (start) => {
  await using world = await connected(await start(false));
  const { c, server, nginx } = world;
  await server.pause();
  const error = await assertRejects(() => c.put("k", "v", { timeout: 200 }), EtcdTimeoutError);
  assertEquals(error.maybeExecuted, "unknown");
  assertEquals((await nginx.callsReach((calls) => calls.length > 0)).at(-1)?.status, 499);
  await server.resume();
  await becomesIdle(server);
});

behindNginx("what nginx answers in place of etcd has the gRPC status of its HTTP status", async (start) => {
  const pages: readonly (readonly [path: string, status: number, error: string])[] = [
    ["KV/Put", 400, "EtcdInternalError 13 unknown"],
    ["KV/Range", 401, "EtcdUnauthenticatedError 16 unknown"],
    ["KV/DeleteRange", 403, "EtcdPermissionDeniedError 7 unknown"],
    ["KV/Txn", 404, "EtcdUnimplementedError 12 unknown"],
    ["KV/Compact", 418, "EtcdUnknownError 2 unknown"],
    ["Lease/LeaseGrant", 429, "EtcdUnavailableError 14 unknown"],
    ["Lease/LeaseRevoke", 500, "EtcdUnknownError 2 unknown"],
    ["Lease/LeaseLeases", 503, "EtcdUnavailableError 14 unknown"],
  ];
  const settings = pages.map(([path, status]) =>
    `location = /etcdserverpb.${path} { return ${status} "a page\n"; }`
  );
  await using world = await connected(await start(false, settings), { retry: false });
  const { c } = world;
  const outcomes = await Promise.all([
    outcome(c.put("k", "v")),
    outcome(c.get("k")),
    outcome(c.delete("k")),
    outcome(c.txn((t) => [t.get("k")])),
    outcome(c.compact(1n)),
    outcome(c.grantLease(10)),
    outcome(c.revokeLease(1n)),
    outcome(c.listLeases()),
  ]);
  assertEquals(outcomes, pages.map(([, , error]) => error));
});

behindNginx("a redirect is not followed", async (start) => {
  const site = await start(false, ["location /etcdserverpb.KV/ { return 301 /elsewhere; }"]);
  await using world = await connected(site);
  const error = await assertRejects(() => world.c.get("k"), EtcdUnknownError);
  assert(error.message.includes("HTTP status 301"), error.message);
});

behindNginx("a page of HTML with status 200 is not taken for an answer", async (start) => {
  const page = 'default_type text/html; return 200 "<html></html>";';
  const site = await start(false, [`location /etcdserverpb.KV/ { ${page} }`]);
  await using world = await connected(site);
  const error = await assertRejects(() => world.c.get("k"), EtcdUnknownError);
  assert(error.message.includes("content-type text/html instead of gRPC"), error.message);
});

behindNginx("a request over client_max_body_size is refused, and the connection goes on", async (start) => {
  const { onEvent, of } = listener();
  await using world = await connected(await start(false), { onEvent });
  const { c, nginx } = world;
  const error = await assertRejects(() => c.put("k", "v".repeat(1_400_000)), EtcdUnknownError);
  assert(error.message.includes("HTTP status 413"), error.message);
  await c.put("k", "v".repeat(1_000_000));
  assertEquals((await c.get("k"))?.length, 1_000_000);
  assertEquals(of("connected").length, 1);
  assert((await nginx.calls()).some(({ status }) => status === 413));
});
