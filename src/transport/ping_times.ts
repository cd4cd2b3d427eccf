/**
 * How often servers let themselves be asked whether they are there.
 *
 * @module
 */

/** Milliseconds; gRPC servers that are told nothing else allow one question in this time. */
const MOST_CAUTIOUS = 300_000;

/** Of one client, each server by itself. */
export class PingTimes {
  readonly #time: number;
  readonly #raised = new Map<string, number>();

  /** @param time Milliseconds between two questions, for servers that have not complained. */
  constructor(time: number) {
    this.#time = time;
  }

  /**
   * Milliseconds between two questions to a server.
   *
   * @param name Its host and port.
   */
  of(name: string): number {
    return this.#raised.get(name) ?? this.#time;
  }

  /**
   * A server found the questions too frequent: it is asked half as often from its next connection on, up to where
   * no server complains.
   *
   * @param name Its host and port.
   */
  tooMany(name: string): void {
    this.#raised.set(name, Math.max(this.#time, Math.min(2 * this.of(name), MOST_CAUTIOUS)));
  }
}
