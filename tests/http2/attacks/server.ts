/**
 * A server that attacks whoever connects.
 *
 * @module
 */

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { ascii, concat, message } from "../bytes.ts";
import * as frames from "../frames.ts";
import type { Attack } from "./attacks.ts";

/** What a client sends before its first frame. */
const PREFACE = 24;

/** See the module. */
export class AttackServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** How it treats the connections to come; as a good server if there is no attack. */
  attack: Attack | undefined;
  /** How many connections it has taken. */
  accepted = 0;

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.accepted++;
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => {});
      serve(socket, this.attack);
    });
  }

  /** Starts it on a port of its own. */
  static async start(attack?: Attack): Promise<AttackServer> {
    const server = new AttackServer();
    server.attack = attack;
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function serve(socket: Socket, attack: Attack | undefined): void {
  socket.write(attack?.greeting ?? frames.settings());
  let rest = new Uint8Array();
  let skipped = PREFACE;
  let attacked = false;
  const strike = (id: number) => {
    if (attacked) return;
    attacked = true;
    if (attack?.once) socket.write(attack.once(id));
    if (attack?.again) repeat(socket, attack.again(id));
  };
  if (attack?.after === "connection") strike(1);
  socket.on("data", (bytes: Uint8Array) => {
    rest = concat(rest, bytes) as Uint8Array<ArrayBuffer>;
    const start = Math.min(skipped, rest.length);
    skipped -= start;
    rest = rest.subarray(start);
    for (let length = 0; rest.length >= 9; rest = rest.subarray(length)) {
      const view = new DataView(rest.buffer, rest.byteOffset);
      length = 9 + (view.getUint32(0) >>> 8);
      if (rest.length < length) return;
      const [type, flags, id] = [rest[3], rest[4], view.getUint32(5)];
      if (type === frames.HEADERS && (attack?.after ?? "call") === "call") strike(id);
      if (type === frames.RST_STREAM && attack?.after === "cancel") strike(id);
      const whole = type === frames.DATA && (flags & frames.END_STREAM) !== 0;
      if (whole && attack === undefined) socket.write(answer(id));
    }
  });
}

function answer(id: number): Uint8Array {
  return concat(frames.ok(id), frames.data(id, message(ascii("good"))), frames.trailers(id));
}

/** Sends as fast as it is read. */
function repeat(socket: Socket, bytes: Uint8Array): void {
  const send = () => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on("drain", send);
  send();
}
