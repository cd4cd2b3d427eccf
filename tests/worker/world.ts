/**
 * A worker in workerd, an etcd, and a proxy between them that sees what the worker opens and leaves open.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { bundle } from "../../bun-compat/worker/bundle.ts";
import { exampleProject } from "../../bun-compat/worker/example.ts";
import { Workerd } from "../../bun-compat/worker/workerd.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { CountingProxy } from "./proxy.ts";

const APP = fileURLToPath(new URL("app.ts", import.meta.url));
const { main, alias } = await exampleProject();

/** The workers, bundled when they are first needed. */
const workers = {
  /** Without nice-grpc, as the example is. */
  app: { source: once(() => bundle(APP, { alias })), config: "withKeeper" },
  appWithNiceGrpc: { source: once(() => bundle(APP)), config: "withKeeper" },
  example: { source: once(() => bundle(main, { alias })), config: "plain" },
} as const;

/** Where a worker runs. */
export interface World {
  readonly server: EtcdServer;
  readonly proxy: CountingProxy;
  /** Requests a path. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** What a scenario of app.ts results in. */
  ask(scenario: string): Promise<unknown>;
}

/**
 * Runs a test's body; in the end nothing is open, and the worker has left no error uncaught.
 *
 * @param body Gets the world.
 * @param worker Which worker runs.
 */
export async function inWorker(
  body: (world: World) => Promise<void>,
  worker: keyof typeof workers = "app",
): Promise<void> {
  await using server = await EtcdServer.start();
  await using proxy = await CountingProxy.start(server.endpoint);
  const { source, config } = workers[worker];
  await using workerd = await Workerd.start(await source(), config, proxy.endpoint);
  const request = (path: string, init?: RequestInit) => fetch(`${workerd.url}${path}`, init);
  const ask = async (scenario: string) => {
    const { result, error } = await (await request(`/${scenario}`)).json();
    assertEquals(error, undefined);
    return result;
  };
  await body({ server, proxy, fetch: request, ask });
  await proxy.idle();
  if (config === "withKeeper") assertEquals(await ask("unhandled"), []);
  assertEquals(workerd.complaints, "");
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}
