/**
 * Logging in. Loaded by the first client that has credentials.
 *
 * @module
 */

import { EtcdError } from "../errors.ts";
import { Authenticate } from "./auth_methods.ts";
import type { Rpc } from "./rpc.ts";

/**
 * Turns a name and a password into a token.
 *
 * @returns The token; undefined where the server does not authenticate.
 * @throws {EtcdError} If the login is refused or fails; it names neither.
 */
export async function authenticate(
  rpc: Rpc,
  username: string,
  password: string,
): Promise<string | undefined> {
  try {
    const options = { idempotent: true, anonymous: true };
    return (await rpc.unary(Authenticate, { name: username, password }, options)).token;
  } catch (error) {
    if (error instanceof EtcdError && error.reason === "AUTH_NOT_ENABLED") return undefined;
    throw error;
  }
}
