import { assert, assertEquals, assertRejects } from "@std/assert";
import { test } from "../harness.ts";
import { ATTACKS } from "./attacks/attacks.ts";
import { AttackServer } from "./attacks/server.ts";
import { call, open, suffer } from "./attacks/victim.ts";

/** Milliseconds: for what only a deadline ends, and for what has to end before. */
const SOON = 200;
const LATE = 60_000;

for (const attack of ATTACKS) {
  const { what, after, again, greeting, ends } = attack;

  test(`a server that attacks with ${what} costs its connection, and the next one works`, async () => {
    await using server = await AttackServer.start(attack);
    if (after === "connection" && again === undefined) {
      const silent = greeting?.length === 0;
      await assertRejects(() =>
        open(server.port, silent ? AbortSignal.timeout(SOON) : new AbortController().signal)
      );
    } else {
      const { connection, session } = await connected(server.port);
      const status = await suffer(session, attack, ends[0] === 4 ? SOON : LATE);
      assert(ends.includes(status), `status ${status}`);
      if (ends[0] === 14) await connection.closed;
      await connection.close();
    }
    server.attack = undefined;
    const { connection, session } = await connected(server.port);
    assertEquals(await call(session, LATE), 0);
    await connection.close();
  });
}

async function connected(port: number) {
  const session = await open(port, new AbortController().signal);
  return { session, connection: session.connection };
}
