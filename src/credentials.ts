/**
 * Who the client is to etcd.
 *
 * @module
 */

/** Who the client is to etcd: a name and a password, or a token that never changes. */
export type Credentials =
  | { readonly username: string; readonly password: string }
  | { readonly token: string };

/** What gRPC metadata can carry (gRPC over HTTP2, ASCII-Value). */
const ASCII_VALUE = /^[\x20-\x7e]+$/;

/**
 * Checks credentials. No message repeats them.
 *
 * @throws {TypeError} If they are neither a name with its password nor a token, or both, or cannot be sent.
 */
export function checkedCredentials(credentials: Credentials): Credentials {
  const { username, password, token } = Object(credentials) as {
    username: unknown;
    password: unknown;
    token: unknown;
  };
  if (token !== undefined && (username !== undefined || password !== undefined)) {
    throw new TypeError("Cannot use the credentials: both a token and a password are given");
  }
  if (typeof token === "string" && token !== "") {
    return sendable(credentials, ASCII_VALUE.test(token), "token");
  }
  if (typeof username !== "string" || username === "" || typeof password !== "string") {
    throw new TypeError("Cannot use the credentials: expected { username, password } or { token }");
  }
  return sendable(
    sendable(credentials, username.isWellFormed(), "username"),
    password.isWellFormed(),
    "password",
  );
}

function sendable(credentials: Credentials, can: boolean, what: string): Credentials {
  if (can) return credentials;
  throw new TypeError(`Cannot use the credentials: the ${what} has a character that cannot be sent`);
}
