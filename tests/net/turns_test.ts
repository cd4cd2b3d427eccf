import { assert } from "@std/assert";
import { setImmediate } from "node:timers";
import { skipped, test } from "../harness.ts";
import { denoDialer } from "../../src/transport/net/deno.ts";
import { closing, NEVER } from "./dialers.ts";
import { tcpServer } from "./servers.ts";

const NAME = "denoDialer: a reader that always finds more lets others have their turn";

if ("Deno" in globalThis) {
  test(NAME, async () => {
    await using server = await tcpServer((peer) =>
      void peer.resume().write(new Uint8Array(64 * 1024 * 1024))
    );
    using socket = closing(await denoDialer({ host: "127.0.0.1", port: server.port }, NEVER));
    const into = new Uint8Array(65_536);
    for (let round = 0; round < 20; round++) {
      await fill();
      let turned = false;
      setImmediate(() => turned = true);
      let bytes = 0;
      while (!turned) bytes += await socket.read(into) ?? 0;
      assert(bytes <= 524_288, `${bytes} bytes`);
    }
  });
} else {
  skipped(NAME, "it is a dialer of Deno");
}

/** Lets the server, which is in this process, fill what the kernel holds. */
async function fill(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
