import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { EtcdClient } from "../../mod.ts";
import { EtcdServer, type EtcdServerOptions, LineProcess } from "../../src/testing/mod.ts";
import { skipped, test } from "../harness.ts";
import { Proxy } from "./lease_proxy.ts";
import { useEverything } from "./workload.ts";

/** Milliseconds in which a process ends that has nothing more to do; the timers of keep-alive and of calls take longer. */
const END = 5_000;

const SCRIPT = fileURLToPath(new URL("./leftovers_child.ts", import.meta.url));
const RUN = "Deno" in globalThis
  ? ["run", "--no-check", "--no-prompt", "--allow-net=127.0.0.1", "--allow-env"]
  : [];

const KINDS: readonly (readonly [name: string, options: EtcdServerOptions])[] = [
  ["plaintext", {}],
  ["mutual TLS with a login", { tls: "mutual", rootPassword: "secret" }],
];

for (const [name, options] of KINDS) {
  test(`over ${name}, a process ends by itself once its client is closed`, async () => {
    await using server = await EtcdServer.start(options);
    const args = [...RUN, SCRIPT, server.endpoint, JSON.stringify(server.clientOptions)];
    const env = { HOME: process.env.HOME ?? "", PATH: process.env.PATH ?? "" };
    await using child = LineProcess.start(process.execPath, args, env);
    const { value } = await child.lines.next();
    assert(value !== undefined, child.stderr);
    const closed = performance.now();
    const { before, after } = JSON.parse(value);
    assert(before !== undefined, value);
    assertEquals(after, before);
    assertEquals(await child.exited, 0, child.stderr);
    assert(performance.now() - closed < END, "it went on after its client was closed");
    assertEquals((await child.lines.next()).done, true);
  });
}

const NO_CONNECTION = "no connection is left once the client is closed, whatever it was used for";

if ("Bun" in globalThis && process.env.ETCETRA_TRANSPORT === "grpc-js") {
  skipped(NO_CONNECTION, "one session in twenty of Bun's node:http2 keeps its socket after its close()");
} else test(NO_CONNECTION, noConnectionIsLeft);

async function noConnectionIsLeft(): Promise<void> {
  await using server = await EtcdServer.start();
  await using proxy = await Proxy.start(server.endpoint);
  const client = new EtcdClient(proxy.endpoint, server.clientOptions);
  await useEverything(client, new AbortController().signal);
  assert(proxy.connections > 0);
  await client.close();
  while (proxy.connections > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

test("a signal that goes with everything has no listener left", async () => {
  await using server = await EtcdServer.start();
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args));
  const client = new EtcdClient(server.endpoint, server.clientOptions);
  const c = await client.connect();
  for (let i = 0; i < 1_000; i++) await c.get("k", { signal });
  await Promise.all(Array.from({ length: 1_000 }, () => c.put("k", "v", { signal })));
  assertEquals(listeners, 0, "after calls");
  await useEverything(client, signal);
  await client.close();
  assertEquals(listeners, 0, "after all is closed");
});
