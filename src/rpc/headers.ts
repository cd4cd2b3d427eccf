/**
 * The metadata that calls are sent with.
 *
 * @module
 */

/** Names and values; the same array for the same metadata, which the transport recognizes. */
export type Headers = readonly (readonly [name: string, value: string])[];

/** Makes the metadata of calls. */
export class CallHeaders {
  readonly #requireLeader: boolean;
  #token: string | undefined;
  #plain: Headers = [];
  #leader: Headers = [];

  /** @param requireLeader Whether calls may ask for a leader at all. */
  constructor(requireLeader: boolean) {
    this.#requireLeader = requireLeader;
    this.#renew(undefined);
  }

  /**
   * @param token Who is calling.
   * @param requireLeader Whether a member without a leader is to refuse.
   */
  of(token: string | undefined, requireLeader: boolean): Headers {
    if (token !== this.#token) this.#renew(token);
    return requireLeader ? this.#leader : this.#plain;
  }

  #renew(token: string | undefined): void {
    this.#token = token;
    this.#plain = token === undefined ? [] : [["token", token]];
    this.#leader = this.#requireLeader ? [...this.#plain, ["hasleader", "true"]] : this.#plain;
  }
}

/** The same with a deadline: at most eight digits and a unit, as gRPC has it. */
export function withDeadline(headers: Headers, ms: number): Headers {
  if (ms === 0) return headers;
  return [...headers, ["grpc-timeout", ms < 1e8 ? `${ms}m` : `${Math.ceil(ms / 1000)}S`]];
}
