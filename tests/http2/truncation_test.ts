import { assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import { ascii, concat, message } from "./bytes.ts";
import { call, open, serve, statusOf } from "./calls.ts";
import * as frames from "./frames.ts";

const { data, ok } = frames;

/** A good response: 1xx, headers, two frames of a message, trailers in two frames, and what may come between. */
const RESPONSE = concat(
  frames.headers(1, { ":status": "103" }),
  frames.ping(),
  ok(1),
  data(1, message(ascii("response")).subarray(0, 7)),
  frames.windowUpdate(1, 100),
  data(1, concat(Uint8Array.of(2), message(ascii("response")).subarray(7), new Uint8Array(2)), frames.PADDED),
  frames.frame(frames.HEADERS, frames.END_STREAM, 1, frames.block({ "grpc-status": "0" }).subarray(0, 5)),
  frames.frame(frames.CONTINUATION, frames.END_HEADERS, 1, frames.block({ "grpc-status": "0" }).subarray(5)),
);

for (const [how, reset] of [["FIN", false], ["RST", true]] as const) {
  test(`a unary response cut by ${how} at any byte is never OK and never short`, async () => {
    for (let cut = 0; cut <= RESPONSE.length; cut++) {
      await using server = await serve();
      const { peer } = server;
      const calling = call(server.session);
      await peer.expectHeaders();
      peer.send(RESPONSE.subarray(0, cut));
      if (reset) peer.client.fail(new Error("ECONNRESET"));
      else peer.socket.close();
      if (cut === RESPONSE.length) {
        assertEquals(await calling, "response");
      } else {
        const { code, sent, connectionLost } = await statusOf(calling);
        assertEquals([code, sent, connectionLost], [14, "maybe", true], `cut at ${cut}`);
      }
    }
  });

  test(`a stream of messages cut by ${how} at any byte gives whole messages and no OK`, async () => {
    for (let cut = 0; cut < RESPONSE.length; cut++) {
      await using server = await serve();
      const { peer } = server;
      const listener = open(server.session);
      listener.call.pull(Infinity);
      await peer.expectHeaders();
      peer.send(RESPONSE.subarray(0, cut));
      if (reset) peer.client.fail(new Error("ECONNRESET"));
      else peer.socket.close();
      assertEquals((await listener.over).code, 14, `cut at ${cut}`);
      const given = listener.events.filter((event) => !/^(headers|status 14)$/.test(event));
      assertEquals(given.every((event) => event === "response"), true, `cut at ${cut}: ${given}`);
    }
  });
}
