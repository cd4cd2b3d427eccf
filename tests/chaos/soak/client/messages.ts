/**
 * What the process under load is asked for, and what it tells, one JSON text a line.
 *
 * @module
 */

import type { Call } from "../../rig/history/call.ts";
import type { WatchLog } from "../../rig/history/watch_log.ts";

/** What the process is started with. */
export interface ClientRequest {
  /** Where the members are, past the proxies that faults are injected by. */
  readonly endpoints: readonly string[];
  readonly password: string;
  /** A JSON file with the {@linkcode Identity} of now. */
  readonly identity: string;
  readonly seed: number;
  /** Seconds of load, and of a window of it. */
  readonly seconds: number;
  readonly window: number;
  /** Calls a second that are written down. */
  readonly rate: number;
  /** Milliseconds by which a call may outlive its deadline. */
  readonly grace: number;
}

/** What clients show, and whom they trust. */
export interface Identity {
  readonly caCerts: readonly string[];
  readonly cert: string;
  readonly key: string;
}

/** What a second looked like. */
export interface Sample {
  /** Its end, in milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds that calls took; null where none succeeded. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly calls: number;
  readonly failed: number;
  /** Bytes of the heap, collected or not. */
  readonly heap: number;
}

/** A window of load whose history is complete. */
export interface Window {
  readonly index: number;
  /** All keys that its calls wrote begin with it. */
  readonly prefix: string;
  readonly calls: readonly Call[];
  readonly watches: readonly WatchLog[];
  /** Its last revision, which every watch has shown. */
  readonly end: number;
}

/** Memory in use, after a collection, when nothing of any window is held. */
export interface Memory {
  readonly at: number;
  readonly heap: number;
  readonly rss: number;
}

/** What the process tells. */
export type ClientMessage =
  /** The load has begun. */
  | { readonly kind: "started"; readonly pid: number }
  | { readonly kind: "sample"; readonly sample: Sample }
  | { readonly kind: "window"; readonly window: Window }
  | { readonly kind: "memory"; readonly memory: Memory }
  /** No more faults, please: everything is about to be closed. */
  | { readonly kind: "ending" }
  /** All is closed; the process has nothing more to do. */
  | { readonly kind: "done"; readonly findings: readonly string[]; readonly counts: Counts };

/** How often what happened. */
export type Counts = Readonly<Record<string, number>>;
