import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { Http2Connection } from "../../src/transport/http2/connection.ts";
import { ConnectionError, ConnectionLost } from "../../src/transport/http2/errors.ts";
import { test } from "../harness.ts";
import { ascii, hex, toHex } from "./bytes.ts";
import { ACK, PING, ping, SETTINGS, settings, settingsAck, WINDOW_UPDATE } from "./frames.ts";
import { connect, Peer, PREFACE, request } from "./peer.ts";

/** Opens a connection to a server that answers the preface with this, and gives both ends of the failure. */
async function refusedAfter(...answer: Uint8Array[]): Promise<{ error: ConnectionError; goAway: number }> {
  const peer = new Peer();
  const opening = assertRejects(() => Http2Connection.open(peer.client), ConnectionError);
  peer.send(...answer);
  await peer.bytes(PREFACE.length);
  const goAway = await peer.expectGoAway();
  return { error: await opening, goAway };
}

test("a connection begins with preface, SETTINGS and a larger window, in one write", async () => {
  const peer = new Peer();
  const opening = Http2Connection.open(peer.client);
  assertEquals(peer.client.writes, 1);
  assertEquals(await peer.bytes(PREFACE.length), PREFACE);
  const { payload } = await peer.expect(SETTINGS);
  // ENABLE_PUSH 0, INITIAL_WINDOW_SIZE 1 MiB, MAX_HEADER_LIST_SIZE 16 KiB.
  assertEquals(toHex(payload), "000200000000" + "000400100000" + "000600004000");
  const { streamId, payload: increment } = await peer.expect(WINDOW_UPDATE);
  assertEquals([streamId, toHex(increment)], [0, (16_777_216 - 65_535).toString(16).padStart(8, "0")]);
  peer.send(settings());
  const connection = await opening;
  assertEquals(connection.state, "open");
  const { flags } = await peer.expect(SETTINGS);
  assertEquals(flags, ACK);
  await connection.close();
});

test("a server that does not begin with SETTINGS is refused", async () => {
  for (const first of [ping(), settingsAck, hex("0000040803000000000000000a")]) {
    const { error, goAway } = await refusedAfter(first);
    assertEquals([error.code, goAway], [1, 1]);
  }
});

test("a server that speaks HTTP/1.1 is refused as one that does not begin with SETTINGS", async () => {
  const { error } = await refusedAfter(ascii("HTTP/1.1 400 Bad Request\r\n\r\n"));
  assertEquals(error.message, "the server does not begin with SETTINGS (PROTOCOL_ERROR)");
});

test("a server that closes before its SETTINGS is a lost connection", async () => {
  const peer = new Peer();
  peer.socket.close();
  await assertRejects(() => Http2Connection.open(peer.client), ConnectionLost);
});

test("a socket that fails before SETTINGS is a lost connection, with its cause", async () => {
  const peer = new Peer();
  const reason = new Error("ECONNRESET");
  const opening = Http2Connection.open(peer.client);
  peer.client.fail(reason);
  const error = await assertRejects(() => opening, ConnectionLost);
  assertEquals(error.cause, reason);
});

test("an aborted handshake closes the socket and rejects with the signal's reason", async () => {
  for (const late of [false, true]) {
    const peer = new Peer();
    const controller = new AbortController();
    if (!late) controller.abort(new Error("gave up"));
    const opening = Http2Connection.open(peer.client, { signal: controller.signal });
    if (late) controller.abort(new Error("gave up"));
    await assertRejects(() => opening, Error, "gave up");
    assertEquals(peer.client.closed, true);
  }
});

test("a signal that aborts after the handshake changes nothing", async () => {
  const controller = new AbortController();
  await using peer = await connect({ signal: controller.signal });
  controller.abort();
  assertEquals(peer.connection.state, "open");
});

test("close ends an idle connection with GOAWAY and tells so once", async () => {
  const ends: (Error | null)[] = [];
  await using peer = await connect({ onClosed: (error) => ends.push(error) });
  const closed = peer.connection.close();
  void peer.connection.close();
  assertEquals(await peer.expectGoAway(), 0);
  await closed;
  await peer.connection.closed;
  assertEquals([peer.connection.state, ends], ["closed", [null]]);
});

test("close does not wait for a server that does not read", async () => {
  await using peer = await connect();
  peer.client.stalled = new Promise(() => {});
  const recorder = request(peer);
  await peer.expectHeaders();
  await peer.connection.close();
  assertEquals(peer.client.closed, true);
  assertEquals(recorder.reset?.executed, "unknown");
});

test("the end of the socket is the end of the connection", async () => {
  const ends: (Error | null)[] = [];
  await using peer = await connect({ onClosed: (error) => ends.push(error) });
  peer.socket.close();
  await peer.connection.closed;
  await peer.connection.down;
  assertInstanceOf(ends[0], ConnectionLost);
  assertEquals(ends.length, 1);
});

test("a PING is answered with its own bytes, and the answer to one is not", async () => {
  await using peer = await connect();
  peer.send(ping(ACK), ping(0, hex("0102030405060708")));
  const { flags, payload } = await peer.expect(PING);
  assertEquals([flags, toHex(payload)], [ACK, "0102030405060708"]);
});
