/**
 * The token that calls are authenticated with.
 *
 * States: none (no credentials, or the server asks for none), absent (not logged in yet), logging in, present.
 *
 * @module
 */

import type { Credentials } from "../options.ts";

/**
 * Logs in.
 *
 * @returns The token; undefined where the server does not authenticate.
 */
export type Login = (username: string, password: string) => Promise<string | undefined>;

/**
 * What there is in place of a refused token: one of a login just made; one that others got since the refused one, and
 * that may be refused as well; or none, for static tokens and without credentials.
 */
export type RenewedToken = "new" | "known" | false;

/** Holds the token of one client and gets a new one when the server refuses it: one login, however many wait. */
export class TokenSource {
  readonly #credentials: Credentials | undefined;
  readonly #login: Login;
  readonly #renewed: () => void;
  #known = false;
  #token: string | undefined;
  #pending: Promise<void> | undefined;

  constructor(credentials: Credentials | undefined, login: Login, renewed: () => void) {
    this.#credentials = credentials;
    this.#login = login;
    this.#renewed = renewed;
    if (credentials === undefined || "token" in credentials) {
      this.#known = true;
      this.#token = credentials?.token;
    }
  }

  /** Whether a call can start without waiting for a login. */
  get known(): boolean {
    return this.#known;
  }

  /** The token as it is known now. */
  get current(): string | undefined {
    return this.#token;
  }

  /**
   * The token, after a login if there was none yet.
   *
   * @throws {EtcdError} If the login is refused or fails.
   */
  async get(): Promise<string | undefined> {
    if (!this.#known) await this.#refresh();
    return this.#token;
  }

  /**
   * Gets a token in place of a refused one.
   *
   * @param refused What the refused call was sent with.
   * @throws {EtcdError} If the login is refused or fails.
   */
  async renew(refused: string | undefined): Promise<RenewedToken> {
    if (this.#credentials === undefined || "token" in this.#credentials) return false;
    if (this.#known && this.#token !== refused) return "known";
    await this.#refresh();
    return this.#token !== refused && "new";
  }

  #refresh(): Promise<void> {
    this.#pending ??= this.#logIn().finally(() => this.#pending = undefined);
    return this.#pending;
  }

  async #logIn(): Promise<void> {
    const { username, password } = this.#credentials as { username: string; password: string };
    this.#token = await this.#login(username, password);
    if (this.#known) this.#renewed();
    this.#known = true;
  }
}
