import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { EtcdServer, LineProcess } from "../../src/testing/mod.ts";
import { OWN } from "../chaos/rig/runtime.ts";
import { test } from "../harness.ts";

// A process of its own, which may ask for collections.
test("watches at rest do not keep the revision that they delivered last", async () => {
  await using server = await EtcdServer.start();
  const script = fileURLToPath(new URL("./watch_memory.ts", import.meta.url));
  await using child = LineProcess.start(OWN.program, [...OWN.args, script, server.endpoint], process.env);
  const { value } = await child.lines.next();
  assert(value !== undefined, child.stderr);
  const { kept, revision } = JSON.parse(value);
  assertEquals(revision, 14_400_000);
  assert(kept < revision / 5, `${(kept / 1e6).toFixed(1)} MB`);
});
