/**
 * One proxied connection: two sockets and what flows between them.
 *
 * A link is open until either side ends abruptly, both have ended in good order, or it is cut.
 *
 * @module
 */

import type { Socket } from "node:net";
import { type Cut, Direction, FLOW, type Flow } from "./direction.ts";

/** How both directions of a connection are treated. */
export interface Conditions {
  readonly toServer: Flow;
  readonly toClient: Flow;
}

/** Undisturbed. */
export const CLEAR: Conditions = { toServer: FLOW, toClient: FLOW };

/** See the module. */
export class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly toServer: Direction;
  readonly toClient: Direction;
  /** Who the client is, where the proxy can tell. */
  label: string | undefined;
  /** Resolves when nothing is left of it. */
  readonly closed: Promise<void>;

  constructor(client: Socket, server: Socket) {
    this.#client = client;
    this.#server = server;
    this.toServer = new Direction(client, server, (how) => this.cut(how));
    this.toClient = new Direction(server, client, (how) => this.cut(how));
    const ends = [client, server].map((socket) =>
      new Promise<void>((resolve) => {
        socket.on("error", () => {}); // the close that follows says it
        socket.on("close", (failed: boolean) => {
          this.cut(failed ? "reset" : "end");
          resolve();
        });
      })
    );
    this.closed = Promise.all(ends).then(() => {});
  }

  /** Treats it in another way. One that lost bytes cannot go on, and is cut. */
  impose(conditions: Conditions): void {
    this.toServer.set(conditions.toServer);
    this.toClient.set(conditions.toClient);
    const flows = (direction: Direction, flow: Flow) => direction.lost && flow.mode === "flow";
    if (flows(this.toServer, conditions.toServer) || flows(this.toClient, conditions.toClient)) {
      this.cut("reset");
    }
  }

  /** Ends it: what was handed on before arrives first. Idempotent. */
  cut(how: Cut): void {
    this.toServer.close();
    this.toClient.close();
    for (const socket of [this.#client, this.#server]) {
      if (socket.destroyed) continue;
      if (how === "reset") socket.resetAndDestroy();
      else socket.end(() => socket.destroy());
    }
  }

  /** Ends one direction in good order; the other goes on. */
  halfClose(direction: "toServer" | "toClient"): void {
    (direction === "toServer" ? this.#server : this.#client).end();
  }
}
