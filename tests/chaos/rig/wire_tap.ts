/**
 * Looks at the bytes between a client and its server, under TLS too, and counts what they make of the windows of the
 * connection (RFC 9113 section 6.9).
 *
 * @module
 */

import type { Dialer, Socket } from "../../../mod.ts";
import { dial } from "../../../src/transport/net/dial.ts";
import { DATA, type Frame, FrameSplitter, WINDOW_UPDATE } from "./proxy/frames.ts";

/** Bytes of the client's connection preface (RFC 9113 section 3.4). */
const PREFACE = 24;
/** Bytes of a connection's window before any update (RFC 9113 section 6.9.2). */
const INITIAL = 65_535;
/** Bytes of a frame's header. */
const HEADER = 9;

/** Bytes that may be sent. */
export interface Windows {
  readonly toServer: number;
  readonly toClient: number;
}

/** See the module. One connection at a time. */
export class WireTap {
  #toServer = INITIAL;
  #toClient = INITIAL;

  /** For the options of the client. */
  readonly dialer: Dialer = async (target, signal) => {
    const socket = await dial(target, signal);
    [this.#toServer, this.#toClient] = [INITIAL, INITIAL];
    return this.#tap(socket);
  };

  /** The windows of the connection as they are now. */
  get windows(): Windows {
    return { toServer: this.#toServer, toClient: this.#toClient };
  }

  #tap(socket: Socket): Socket {
    const requests = new FrameSplitter(PREFACE);
    const answers = new FrameSplitter(0);
    return {
      read: async (into) => {
        const count = await socket.read(into);
        for (const frame of answers.push(into.slice(0, count ?? 0))) {
          this.#toClient -= contentOf(frame);
          this.#toServer += incrementOf(frame);
        }
        return count;
      },
      write: (bytes) => {
        for (const frame of requests.push(bytes)) {
          this.#toServer -= contentOf(frame);
          this.#toClient += incrementOf(frame);
        }
        return socket.write(bytes);
      },
      close: () => socket.close(),
    };
  }
}

function contentOf({ type, bytes }: Frame): number {
  return type === DATA ? bytes.length - HEADER : 0;
}

function incrementOf({ type, streamId, bytes }: Frame): number {
  if (type !== WINDOW_UPDATE || streamId !== 0) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(HEADER) & 0x7fffffff;
}
