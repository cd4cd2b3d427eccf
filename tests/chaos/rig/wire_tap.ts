/**
 * Looks at the frames between a client and its server, under TLS too.
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

/** Who sees frames. */
export interface FrameObserver {
  /** A frame was handed to the socket. */
  sent?(frame: Frame): void;
  received?(frame: Frame): void;
  /** A connection begins. */
  dialed?(): void;
}

/** A dialer for the options of a client, which shows the frames of its connections. */
export function tappedDialer(observer: FrameObserver): Dialer {
  return async (target, signal) => {
    const socket = await dial(target, signal);
    observer.dialed?.();
    return tapped(socket, observer);
  };
}

function tapped(socket: Socket, observer: FrameObserver): Socket {
  const requests = new FrameSplitter(PREFACE);
  const answers = new FrameSplitter(0);
  return {
    read: async (into) => {
      const count = await socket.read(into);
      for (const frame of answers.push(into.slice(0, count ?? 0))) observer.received?.(frame);
      return count;
    },
    write: (bytes) => {
      const frames = [...requests.push(bytes)];
      const written = socket.write(bytes);
      for (const frame of frames) observer.sent?.(frame);
      return written;
    },
    close: () => socket.close(),
  };
}

/** Bytes that may be sent. */
export interface Windows {
  readonly toServer: number;
  readonly toClient: number;
}

/** Counts what the frames make of the windows of a connection (RFC 9113 section 6.9). One connection at a time. */
export class WindowCount implements FrameObserver {
  #toServer = INITIAL;
  #toClient = INITIAL;

  /** The windows as they are now. */
  get windows(): Windows {
    return { toServer: this.#toServer, toClient: this.#toClient };
  }

  /** See {@linkcode FrameObserver}. */
  dialed(): void {
    [this.#toServer, this.#toClient] = [INITIAL, INITIAL];
  }

  /** See {@linkcode FrameObserver}. */
  sent(frame: Frame): void {
    this.#toServer -= contentOf(frame);
    this.#toClient += incrementOf(frame);
  }

  /** See {@linkcode FrameObserver}. */
  received(frame: Frame): void {
    this.#toClient -= contentOf(frame);
    this.#toServer += incrementOf(frame);
  }
}

function contentOf({ type, bytes }: Frame): number {
  return type === DATA ? bytes.length - HEADER : 0;
}

function incrementOf({ type, streamId, bytes }: Frame): number {
  if (type !== WINDOW_UPDATE || streamId !== 0) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(HEADER) & 0x7fffffff;
}
