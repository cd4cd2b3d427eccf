import { assertEquals, assertStringIncludes } from "@std/assert";
import { EtcdClient } from "@etcetra/etcd";
import { EXPECTED_TOUR } from "../examples/expected_output.ts";
import { test } from "../harness.ts";
import { inWorker } from "./world.ts";

/** Reads a response line by line. */
async function linesOf(responding: Promise<Response>): Promise<() => Promise<string | undefined>> {
  const { body } = await responding;
  const chunks = body!.pipeThrough(new TextDecoderStream()).getReader();
  const lines: string[] = [];
  return async () => {
    while (lines.length === 0) {
      const { value, done } = await chunks.read();
      if (done) return undefined;
      lines.push(...value.trimEnd().split("\n"));
    }
    return lines.shift();
  };
}

test("the tour runs in a worker, on one connection that it closes", () =>
  inWorker(async ({ ask, proxy }) => {
    const lines = await ask("tour") as string[];
    assertEquals(lines.map((line) => line.trim().replace(/\d+\.\d+(?= seconds)/, "N")), EXPECTED_TOUR);
    assertEquals(proxy.dials, 1);
  }));

test("requests that want one lock take turns, each with a client of its own", () =>
  inWorker(async ({ ask, proxy }) => {
    const counts = await Promise.all(Array.from({ length: 8 }, () => ask("count")));
    assertEquals(counts.sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
    assertEquals(proxy.dials, 8);
    await proxy.idle();
    assertEquals(await ask("count"), 9);
  }));

test("keys in a namespace are the same in a worker", () =>
  inWorker(async ({ ask, proxy }) => {
    assertEquals(await ask("namespaces"), ["red", ["red/colour"], ["colour"]]);
    assertEquals(proxy.dials, 1);
  }));

test("a worker refuses TLS and grpc-js when a client is made", () =>
  inWorker(async ({ ask, proxy }) => {
    const [scheme, tls, dialed, grpcJs, later, endpoints] = await ask("refusals") as string[];
    for (const refusal of [scheme, tls, dialed, later]) {
      assertEquals(
        refusal,
        "TypeError: Cannot use https://10.0.0.1:2379 in a worker: its sockets have no ALPN, without which etcd refuses TLS",
      );
    }
    assertStringIncludes(grpcJs, 'TypeError: Cannot use transport "grpc-js" in a worker');
    assertEquals([endpoints, proxy.dials], [proxy.endpoint, 0]);
  }));

test("a durable object may keep its client from one request to the next", () =>
  inWorker(async ({ ask, proxy }) => {
    assertEquals([await ask("keeper"), await ask("keeper"), await ask("keeper")], ["1", "2", "3"]);
    assertEquals([proxy.dials, proxy.open], [1, 1]);
    assertEquals(await ask("close-keeper"), "closed");
  }));

test("a worker may be given its dialer", () =>
  inWorker(async ({ ask, proxy }) => {
    assertEquals([await ask("dialer"), proxy.dials], ["v", 1]);
  }));

test("a request that closes nothing leaves nothing when it ends", () =>
  inWorker(async ({ ask, proxy }) => {
    assertEquals(await ask("leave"), 0);
    await proxy.idle();
    assertEquals(await ask("leave"), 0);
    assertEquals(proxy.dials, 2);
  }));

test("a watch in a worker goes on after its connection was cut, and ends with its request", () =>
  inWorker(async ({ fetch, server, proxy }) => {
    await using client = new EtcdClient(server.endpoint, server.clientOptions);
    await using c = await client.connect();
    const seen = await linesOf(fetch("/watch"));
    assertEquals([await seen(), await seen()], ["connected", "ready"]);
    const put = async (value: string) => `${value} at ${(await c.put("watched/k", value)).revision}`;
    assertEquals(await put("before"), await seen());
    proxy.cut();
    const during = [await put("during 1"), await put("during 2"), await put("during 3")];
    assertEquals([await seen(), await seen(), await seen()], ["disconnected", "connected", "watchResumed"]);
    assertEquals([await seen(), await seen(), await seen()], during);
    await put("end");
    assertEquals([await seen(), await seen()], ["disconnected", undefined]);
    assertEquals(proxy.dials, 2);
  }));

test("a watch in a worker ends when its response is cancelled", () =>
  inWorker(async ({ fetch, proxy }) => {
    const { body } = await fetch("/watch");
    const reader = body!.getReader();
    await reader.read();
    assertEquals(proxy.open, 1);
    await reader.cancel();
    await proxy.idle();
  }));

test("a worker that gets no connection says why, within its connect timeout", () =>
  inWorker(async ({ ask, server, proxy }) => {
    await server.pause();
    const found = "no endpoint is up";
    assertStringIncludes(
      String(await ask("connecting")),
      `EtcdUnavailableError: Cannot connect within 300 ms: ${found} (${proxy.endpoint}`,
    );
    await server.kill();
    assertStringIncludes(
      String(await ask("connecting")),
      `EtcdUnavailableError: Cannot connect: ${found} (${proxy.endpoint}: Connection lost`,
    );
  }));

test("a wait in a worker ends by its signal", () =>
  inWorker(async ({ ask }) => {
    assertStringIncludes(String(await ask("aborting")), "TimeoutError");
  }));

test("middleware sees the calls of a worker whose bundle has nice-grpc, and is refused where it has not", async () => {
  await inWorker(async ({ ask }) => {
    assertEquals(await ask("middleware"), ["/etcdserverpb.KV/Put", "/etcdserverpb.KV/Range", "v"]);
  }, "appWithNiceGrpc");
  await inWorker(async ({ fetch }) => {
    const { error } = await (await fetch("/middleware")).json();
    assertStringIncludes(error, "Cannot use middleware: wrangler.jsonc leaves nice-grpc out");
  });
});
