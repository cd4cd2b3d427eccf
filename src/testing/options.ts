/**
 * What the fixtures can be told.
 *
 * @module
 */

import type { TestCa } from "./tls/test_ca.ts";

/** What {@linkcode EtcdServer.start} can be told. */
export interface EtcdServerOptions {
  /**
   * `"3.4"`, `"3.5"`, `"3.6"`, `"3.7"` or a whole version.
   *
   * @default {the environment variable ETCD_VERSION, else "3.7"}
   */
  readonly version?: string;
  /**
   * `true` for TLS with a certificate of a fresh authority, `"mutual"` to ask clients for theirs too.
   *
   * @default {false}
   */
  readonly tls?: boolean | "mutual";
  /**
   * The authority that signs, with `tls`.
   *
   * @default {a new one}
   */
  readonly ca?: TestCa;
  /** Creates the user root with this password, and enables authentication. */
  readonly rootPassword?: string;
  /** Further flags for etcd, such as `"--auth-token-ttl=5"`; they win over the fixture's own. */
  readonly args?: readonly string[];
  /** Gives up the start, leaving nothing behind; it rejects with the signal's reason. No effect later. */
  readonly signal?: AbortSignal;
  /**
   * Told what goes on while an etcd binary has to be fetched or built, which takes a while the first time.
   *
   * @default {a line on the standard error}
   */
  readonly onProgress?: (message: string) => void;
}

/** What {@linkcode EtcdCluster.start} can be told. */
export interface EtcdClusterOptions extends EtcdServerOptions {
  /**
   * How many members.
   *
   * @default {3}
   */
  readonly size?: number;
  /**
   * Where the other members shall reach a member, such as a proxy that can cut it off.
   *
   * @param peerUrl Where the member listens for the others.
   * @param index Which member, counted from 0.
   * @returns The URL to tell the others.
   * @default {peerUrl itself}
   */
  readonly advertisePeer?: (peerUrl: string, index: number) => string | Promise<string>;
}
