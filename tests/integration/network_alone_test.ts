import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { EtcdServer } from "../../src/testing/mod.ts";
import { run } from "../../src/testing/process/command.ts";
import { skipped, test } from "../harness.ts";

const PROGRAM = fileURLToPath(new URL("network_alone.ts", import.meta.url));

const NAME = "on Deno the client needs permission for the network, and no other";

// nice-grpc reads the environment when it is loaded, so that this tells also whether it is loaded needlessly.
if ("Deno" in globalThis) {
  test(NAME, async () => {
    await using server = await EtcdServer.start();
    const { host } = new URL(server.endpoint);
    const args = ["run", "--quiet", "--no-check", "--no-prompt", `--allow-net=${host}`, PROGRAM, host];
    const { status, stdout, stderr } = await run(Deno.execPath(), args, { env: Deno.env.toObject() });
    assertEquals({ status, stdout, stderr }, { status: 0, stdout: "v\n", stderr: "" });
  });
} else {
  skipped(NAME, "the others have no permissions");
}
