import { assertEquals } from "@std/assert";
import { skipped, test } from "../harness.ts";
import type { DialTarget } from "../../src/socket.ts";
import { TestCa } from "../../src/testing/tls/test_ca.ts";
import { echo, tcpServer, tlsServer } from "./servers.ts";

const PROBE = new URL("permission_probe.ts", import.meta.url).pathname;

/** What the probe prints, one word a target. */
async function probe(allowed: string, targets: readonly DialTarget[]): Promise<string[]> {
  const command = new Deno.Command("sh", {
    args: ["-c", 'exec "$@"', "sh", Deno.execPath(), "run", "--no-prompt", `--allow-net=${allowed}`, PROBE]
      .concat(
        JSON.stringify(targets),
      ),
    env: { NO_COLOR: "1" },
    stderr: "inherit",
  });
  return new TextDecoder().decode((await command.output()).stdout).trim().split("\n");
}

const NAME = "Deno needs the network permission for host and port and no other, with and without TLS";

if ("Deno" in globalThis) {
  test(NAME, async () => {
    const ca = await TestCa.create();
    const client = await ca.issue({ client: "root" });
    const named = await ca.issue({ names: ["etcd.example", "127.0.0.1"] });
    await using plain = await tcpServer(echo);
    await using secure = await tlsServer({ ...named, requestCert: true, ca: ca.cert });
    const host = "127.0.0.1";
    const tls = { caCerts: [ca.cert], ...client };
    const targets = [
      { host, port: plain.port },
      { host, port: secure.port, tls },
      { host, port: secure.port, tls: { ...tls, serverName: "etcd.example" } },
    ];
    assertEquals(await probe(`${host}:${plain.port},${host}:${secure.port}`, targets), ["1", "1", "1"]);
    assertEquals(await probe(`${host}:1`, targets), ["denied", "denied", "denied"]);
  });
} else {
  skipped(NAME, "only Deno has such permissions");
}
