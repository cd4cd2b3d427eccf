/**
 * `deno task demo`: the tour of examples/quickstart.ts against an etcd of its own, which is gone afterwards, also
 * after Ctrl-C.
 * @module
 */

import { EtcdServer } from "@etcetra/etcd/testing";
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

const interrupted = Promise.withResolvers<never>();
const abort = new AbortController();
const interrupt = () => {
  abort.abort();
  interrupted.reject(abort.signal.reason);
};
Deno.addSignalListener("SIGINT", interrupt);
Deno.addSignalListener("SIGTERM", interrupt);

try {
  console.log(`${bold("@etcetra/etcd")}, an etcd client for Deno, Bun and Node\n`);
  await using server = await startServer(abort.signal);
  console.log(dim(`    etcd ${server.version} runs at ${server.endpoint}, with temporary data.`));
  await Promise.race([tour(server.endpoint, server.clientOptions), interrupted.promise]);
  console.log(dim("\n    That was all. The code is in examples/quickstart.ts."));
} catch (error) {
  if (!abort.signal.aborted) throw error;
  console.log(dim("\n    Interrupted; etcd is stopped and its data removed."));
  Deno.exit(INTERRUPTED);
} finally {
  Deno.removeSignalListener("SIGINT", interrupt);
  Deno.removeSignalListener("SIGTERM", interrupt);
}
