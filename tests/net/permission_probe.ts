/**
 * Dials with nothing allowed but the network; `permissions_test.ts` runs it in a process of its own.
 * @module
 */

import type { DialTarget } from "../../src/socket.ts";
import { dial } from "../../src/transport/net/dial.ts";
import { DialError } from "../../src/transport/net/dial_error.ts";

const targets: readonly DialTarget[] = JSON.parse(Deno.args[0]);
for (const target of targets) {
  try {
    const socket = await dial(target, new AbortController().signal);
    await socket.write(new TextEncoder().encode("?"));
    console.log(await socket.read(new Uint8Array(1)));
    socket.close();
  } catch (error) {
    console.log(error instanceof DialError ? error.kind : error);
  }
}
