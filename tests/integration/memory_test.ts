import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { EtcdServer, LineProcess } from "../../src/testing/mod.ts";
import { OWN } from "../chaos/rig/runtime.ts";
import { test } from "../harness.ts";

/** What a process of its own measured, which may ask for collections. */
async function measured(script: string, ...args: readonly string[]): Promise<Record<string, number>> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  await using child = LineProcess.start(OWN.program, [...OWN.args, path, ...args], process.env);
  const { value } = await child.lines.next();
  assert(value !== undefined, child.stderr);
  return JSON.parse(value);
}

test("watches at rest do not keep the revision that they delivered last", async () => {
  await using server = await EtcdServer.start();
  const { kept, revision } = await measured("./watch_memory.ts", server.endpoint);
  assertEquals(revision, 14_400_000);
  assert(kept < revision / 5, `${(kept / 1e6).toFixed(1)} MB`);
});

test("calls that give up while no server is there leave nothing", async () => {
  const { kept, calls } = await measured("./outage_memory.ts");
  assert(kept / calls < 200, `${(kept / calls).toFixed(0)} bytes each`);
});
