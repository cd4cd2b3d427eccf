/**
 * `deno task demo`: the tour of examples/quickstart.ts against an etcd of its own, which is gone afterwards, also
 * after Ctrl-C.
 * @module
 */

import { EtcdServer } from "@etcetra/etcd/testing";
import { abortable } from "@std/async";
import { tour } from "../examples/quickstart.ts";
import { bold, dim } from "../examples/shared/narrate.ts";
import { Progress } from "./demo/progress.ts";

/** The exit status of a program that SIGINT ended. */
const INTERRUPTED = 130;

async function startServer(signal: AbortSignal): Promise<EtcdServer> {
  using progress = new Progress();
  progress.show("Looking for etcd");
  return await EtcdServer.start({ signal, onProgress: (message) => progress.show(message) });
}

const interruption = new AbortController();
const interrupt = () => interruption.abort();
Deno.addSignalListener("SIGINT", interrupt);
Deno.addSignalListener("SIGTERM", interrupt);

try {
  console.log(`${bold("@etcetra/etcd")}, an etcd client for Deno, Bun and Node\n`);
  await using server = await startServer(interruption.signal);
  console.log(dim(`    etcd ${server.version} runs at ${server.endpoint}, with temporary data.`));
  await abortable(tour(server.endpoint, server.clientOptions), interruption.signal);
  console.log(dim("\n    That was all. The code is in examples/quickstart.ts."));
} catch (error) {
  if (!interruption.signal.aborted) throw error;
  console.log(dim("\n    Interrupted; nothing is left behind."));
  Deno.exit(INTERRUPTED);
} finally {
  Deno.removeSignalListener("SIGINT", interrupt);
  Deno.removeSignalListener("SIGTERM", interrupt);
}
