import { assert, assertEquals } from "@std/assert";
import { EtcdClient } from "@etcetra/etcd";
import { EtcdServer, type LineProcess } from "@etcetra/etcd/testing";

import { test } from "../harness.ts";
import { EXPECTED_OUTPUT, EXPECTED_TOUR } from "./expected_output.ts";
import { startExample } from "./start_example.ts";

/** What an example prints, once it has ended by itself and without an error. */
async function outputOf(example: LineProcess): Promise<string[]> {
  const lines = await Array.fromAsync(example.lines);
  assertEquals({ status: await example.exited, stderr: example.stderr }, { status: 0, stderr: "" });
  return lines;
}

/** Asserts that no key and no lease is left. */
async function assertClean(server: EtcdServer): Promise<void> {
  await using etcd = new EtcdClient(server.endpoint, server.clientOptions);
  await using communicator = await etcd.connect();
  assertEquals(await communicator.keysPrefix(""), []);
  assertEquals(await communicator.listLeases(), []);
}

for (const [name, expected] of EXPECTED_OUTPUT) {
  test(`examples/${name}.ts prints what it should and leaves nothing behind`, async () => {
    await using server = await EtcdServer.start();
    await using example = startExample(name, server.endpoint);
    assertEquals(await outputOf(example), expected);
    await assertClean(server);
  });
}

test("examples/lock_ttl.ts loses its lock to another process after the ttl", async () => {
  await using server = await EtcdServer.start();
  const start = performance.now();
  await using first = startExample("lock_ttl", server.endpoint);
  const { value } = await first.lines.next();
  assertEquals(value, "first: holding the lock for 5 seconds");

  await using second = startExample("lock_ttl_second", server.endpoint);
  const [line, ...others] = await outputOf(second);
  assert(performance.now() - start >= 5_000);
  assert(/^acquired lock after \d+(\.\d+)? seconds$/.test(line), line);
  assertEquals(others, []);

  assertEquals(await outputOf(first), ["first: the lock is gone"]);
  await assertClean(server);
});

test("examples/quickstart.ts shows everything and leaves nothing behind", async () => {
  await using server = await EtcdServer.start();
  await using example = startExample("quickstart", server.endpoint);
  const lines = await outputOf(example);
  const found = lines.map((line) => line.trim().replace(/\d+\.\d+(?= seconds)/, "N")).filter(Boolean);
  assertEquals(found, EXPECTED_TOUR);
  await assertClean(server);
});
