import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { EtcdClient, type EtcdCommunicator } from "../../mod.ts";
import { EtcdServer, LineProcess } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";

const KEYS = 200_000;
const RUN = "Deno" in globalThis ? ["run", "--no-check", "--no-prompt", "--allow-net=127.0.0.1"] : [];

async function fill(c: EtcdCommunicator): Promise<void> {
  for (let from = 0; from < KEYS; from += 125) {
    await c.txn((t) => {
      for (let i = from; i < from + 125; i++) t.put(String(i).padStart(6, "0"), "v".repeat(1_024));
    });
  }
}

// A process of its own, since one that did something else before holds memory that is free but not given back.
test("entries over 200,000 keys of 1 KiB take less than 64 MiB, also when some are kept", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint);
  await using c = await client.connect();
  await fill(c);
  const script = fileURLToPath(new URL("./entries_memory.ts", import.meta.url));
  const env = { HOME: process.env.HOME ?? "", PATH: process.env.PATH ?? "" };
  await using reader = LineProcess.start(process.execPath, [...RUN, script, server.endpoint], env);
  const { value } = await reader.lines.next();
  assert(value !== undefined, reader.stderr);
  const { count, kept, growth } = JSON.parse(value);
  assertEquals([count, kept], [KEYS, KEYS / 200]);
  assert(growth < 64 * 2 ** 20, `${(growth / 2 ** 20).toFixed(1)} MiB`);
});
