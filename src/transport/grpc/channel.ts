/**
 * A channel as grpc-js' clients, and with them nice-grpc's, want it, over one connection.
 *
 * @module
 */

import type { Channel } from "nice-grpc";
import type { ConnectionState } from "../http2/connection.ts";
import { type Call, NativeCall } from "./call.ts";
import type { GrpcSession } from "./session.ts";

/** grpc-js' connectivity states; a channel over a connection that drains takes no calls and will not again. */
const CONNECTIVITY: Readonly<Record<ConnectionState, number>> = {
  handshaking: 1,
  open: 2,
  draining: 4,
  closed: 4,
};

type ConnectivityState = ReturnType<Channel["getConnectivityState"]>;
type ChannelRef = ReturnType<Channel["getChannelzRef"]>;

/**
 * Makes a channel. It connects to nothing by itself: when its connection is down it is to be replaced.
 *
 * @param session Carries the calls.
 * @param target Host and port, for messages.
 * @returns The channel, for nice-grpc's `createClient` and its like.
 */
export function nativeChannel(session: GrpcSession, target: string): Channel {
  // The type is a class with a private member that only grpc-js itself has and nobody looks at.
  return new NativeChannel(session, target) as Pick<Channel, keyof Channel> as Channel;
}

class NativeChannel implements Pick<Channel, keyof Channel> {
  readonly #session: GrpcSession;
  readonly #target: string;

  constructor(session: GrpcSession, target: string) {
    this.#session = session;
    this.#target = target;
  }

  /** Closes the connection. */
  close(): void {
    this.#session.connection.close();
  }

  /** Host and port. */
  getTarget(): string {
    return this.#target;
  }

  /** Where the connection is. */
  getConnectivityState(): ConnectivityState {
    return CONNECTIVITY[this.#session.connection.state];
  }

  /** Calls back when the state is another one, or with an error at the deadline. */
  watchConnectivityState(
    currentState: ConnectivityState,
    deadline: Date | number,
    callback: (error?: Error) => void,
  ): void {
    if (this.getConnectivityState() !== currentState) return queueMicrotask(() => callback());
    let called = false;
    const callOnce = (error?: Error): void => {
      clearTimeout(timer);
      if (!called) callback(error);
      called = true;
    };
    const timeout = milliseconds(deadline);
    const timer = timeout === 0 ? undefined : setTimeout(
      () => callOnce(new Error("Deadline passed without connectivity state change")),
      timeout,
    );
    this.#session.connection.down.then(() => callOnce());
  }

  /** A name for debuggers; channelz itself is not served. */
  getChannelzRef(): ChannelRef {
    return { kind: "channel" as ChannelRef["kind"], id: 0, name: this.#target };
  }

  /** Makes a call that its maker starts. */
  createCall(path: string, deadline: Date | number): Call {
    return new NativeCall(this.#session, path, milliseconds(deadline), this.#target);
  }
}

/** From now; 0 for a deadline that never comes, at least 1 for any other. */
function milliseconds(deadline: Date | number): number {
  const left = Number(deadline) - Date.now();
  return left === Infinity ? 0 : Math.max(left, 1);
}
