import { assert, assertEquals } from "@std/assert";
import { EtcdServer } from "../../src/testing/mod.ts";
import { lineOf } from "../chaos/rig/runtime.ts";
import { test } from "../harness.ts";

/** What a script measured in a process of its own. */
async function measured(script: string, ...args: readonly string[]): Promise<Record<string, number>> {
  return JSON.parse(await lineOf(new URL(script, import.meta.url), ...args));
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
