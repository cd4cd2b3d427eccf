import { assertEquals } from "@std/assert";
import { EtcdClient } from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { ATTACKS } from "../http2/attacks/attacks.ts";
import { AttackServer } from "../http2/attacks/server.ts";
import { test } from "../harness.ts";

test("a client whose first endpoint attacks goes on at its second, whatever the attack", async () => {
  await using server = await EtcdServer.start();
  await using attacker = await AttackServer.start();
  const endpoints = [`127.0.0.1:${attacker.port}`, server.endpoint];
  for (const attack of ATTACKS.filter(({ ends, after }) => ends[0] === 14 && after !== "cancel")) {
    attacker.attack = attack;
    const before = attacker.accepted;
    await using client = new EtcdClient(endpoints, server.clientOptions);
    await using c = await client.connect();
    await using watcher = c.watch("k");
    await watcher.ready;
    assertEquals(await c.put("k", attack.what).then(() => c.get("k")), attack.what);
    for await (const { value } of watcher) {
      assertEquals(value, attack.what);
      break;
    }
    assertEquals(attacker.accepted > before, true, attack.what);
  }
});
