/**
 * The flags that make an etcd give out JSON Web Tokens, with keys of their own.
 *
 * @module
 */

import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Flags of etcd, and the files that they name. */
export interface JwtArguments extends AsyncDisposable {
  readonly args: readonly string[];
}

/** @param ttl Seconds that a token lives. */
export async function jwtArguments(ttl: number): Promise<JwtArguments> {
  const folder = await mkdtemp(join(tmpdir(), "etcetra-jwt-"));
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const files = { "pub-key": join(folder, "public.pem"), "priv-key": join(folder, "private.pem") };
  await writeFile(files["pub-key"], publicKey);
  await writeFile(files["priv-key"], privateKey, { mode: 0o600 });
  const token = `jwt,pub-key=${files["pub-key"]},priv-key=${files["priv-key"]},sign-method=RS256,ttl=${ttl}s`;
  return {
    args: [`--auth-token=${token}`],
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
