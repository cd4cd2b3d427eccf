/**
 * The contract of the public surface: the fixtures. `tests/unit/api_shape_test.ts` holds mod.ts to it.
 *
 * @module
 */

// Nothing but the class itself stands for a class with private parts.
import type * as fixtures from "../../src/testing/mod.ts";
import type { EtcdClientOptions } from "./client.ts";

export interface EtcdServerOptions {
  /** "3.4", "3.5", "3.6", "3.7" (default) or a whole version. */
  readonly version?: string;
  readonly tls?: boolean | "mutual";
  /** Creates root with this password, enables auth. */
  readonly rootPassword?: string;
  readonly args?: readonly string[];
  readonly signal?: AbortSignal;
}
export declare class EtcdServer implements AsyncDisposable {
  static start(options?: EtcdServerOptions): Promise<fixtures.EtcdServer>;
  readonly endpoint: string;
  readonly version: string;
  /** What a client needs to reach it: CA, certificate, credentials. */
  readonly clientOptions: EtcdClientOptions;
  kill(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
export declare class EtcdCluster implements AsyncDisposable {
  static start(options?: EtcdServerOptions & { readonly size?: number }): Promise<fixtures.EtcdCluster>;
  readonly servers: readonly fixtures.EtcdServer[];
  readonly endpoints: readonly string[];
  readonly clientOptions: EtcdClientOptions;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
