/**
 * What all members of a cluster share.
 *
 * @module
 */

import type { EtcdClientOptions } from "../options.ts";
import type { TlsOptions } from "../socket.ts";
import { obtain } from "./binary/obtain.ts";
import type { Binary } from "./binary/way.ts";
import { assertPosix, variable } from "./environment.ts";
import type { EtcdClusterOptions } from "./options.ts";
import { type IssuedCertificate, TestCa } from "./tls/test_ca.ts";

/** The authority and what it signed. */
export interface TlsSetup {
  readonly ca: TestCa;
  readonly server: IssuedCertificate;
  /** Present where clients are asked for a certificate. */
  readonly client?: IssuedCertificate;
}

/** The options of a start, checked and worked out. */
export interface Setup {
  readonly binary: Binary;
  readonly tls?: TlsSetup;
  readonly args: readonly string[];
  readonly advertisePeer: (peerUrl: string, index: number) => string | Promise<string>;
  /** What a client needs for TLS. */
  readonly identity?: TlsOptions;
  readonly rootPassword?: string;
}

/**
 * Checks the options, gets a binary and issues certificates.
 *
 * @throws {TypeError} If the password is empty.
 * @throws {RangeError} If the version is unknown.
 */
export async function prepare(options: EtcdClusterOptions): Promise<Setup> {
  const { version, rootPassword, args = [], signal, onProgress, advertisePeer = (url) => url } = options;
  assertPosix();
  if (rootPassword === "") throw new TypeError("Cannot start etcd: the root password is empty");
  const binary = await obtain("etcd", version, { signal, onProgress });
  const tls = await tlsSetup(options);
  const identity = tls && { caCerts: [tls.ca.cert], ...tls.client };
  return { binary, tls, args, advertisePeer, identity, rootPassword };
}

/** What a client needs to reach the members; `ETCETRA_TRANSPORT` chooses what tests run on. */
export function clientOptionsOf({ identity, rootPassword }: Setup): EtcdClientOptions {
  const transport = variable("ETCETRA_TRANSPORT") as "native" | "grpc-js" | undefined;
  return {
    ...(transport && { transport }),
    ...(identity && { tls: identity }),
    ...(rootPassword !== undefined && { credentials: { username: "root", password: rootPassword } }),
  };
}

async function tlsSetup({ tls = false, ca: given }: EtcdClusterOptions): Promise<TlsSetup | undefined> {
  if (!tls) return undefined;
  const ca = given ?? await TestCa.create();
  const server = await ca.issue();
  return tls === "mutual" ? { ca, server, client: await ca.issue({ client: "" }) } : { ca, server };
}
