import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { EtcdClientOptions } from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { run } from "../../src/testing/process/command.ts";
import { skipped, test } from "../harness.ts";

const PROGRAM = fileURLToPath(new URL("network_alone.ts", import.meta.url));

/** What the README says that grpc-js reads: always, and by its own channels. */
const GRPC = "GRPC_*";
const PROXIES = "grpc_proxy,https_proxy,http_proxy,no_grpc_proxy,no_proxy";

/** Runs the program, which has nothing to say when all is well. */
async function uses(server: EtcdServer, options: EtcdClientOptions, env?: string, ...middleware: string[]) {
  const { host } = new URL(server.endpoint);
  const allowed = [`--allow-net=${host}`, ...env === undefined ? [] : [`--allow-env=${env}`]];
  const given = JSON.stringify({ ...server.clientOptions, ...options });
  const args = ["run", "--quiet", "--no-check", "--no-prompt", ...allowed, PROGRAM, server.endpoint, given];
  const result = await run(Deno.execPath(), [...args, ...middleware], { env: Deno.env.toObject() });
  assertEquals(result, { status: 0, stdout: "", stderr: "" });
}

/** nice-grpc reads the environment when it is loaded, so that this tells also whether it is loaded needlessly. */
const TESTS: Readonly<Record<string, () => Promise<void>>> = {
  async "the client needs permission for the network, and no other"() {
    await using server = await EtcdServer.start();
    await uses(server, { transport: "native" });
  },

  async "TLS, a client certificate, another server name and a password need no more"() {
    await using server = await EtcdServer.start({ tls: "mutual", rootPassword: "secret" });
    const tls = server.clientOptions.tls as object;
    await uses(server, { transport: "native" });
    await uses(server, { transport: "native", tls: { ...tls, serverName: "localhost" } });
  },

  async "middleware needs GRPC_* of the environment, and grpc-js' own channels the proxies as well"() {
    await using server = await EtcdServer.start();
    await uses(server, { transport: "native" }, GRPC, "with middleware");
    await uses(server, { transport: "grpc-js" }, `${GRPC},${PROXIES}`);
  },
};

for (const [name, body] of Object.entries(TESTS)) {
  const title = `on Deno: ${name}`;
  if ("Deno" in globalThis) test(title, body);
  else skipped(title, "the others have no permissions");
}
