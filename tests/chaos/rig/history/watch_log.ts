/**
 * What is written down of a watch.
 *
 * @module
 */

import type { Change } from "./truth.ts";

/** What a watch is to show. */
export interface WatchFilter {
  readonly prefix: string;
  readonly types: readonly ("PUT" | "DELETE")[];
}

/** What a watch delivered: a revision with its events, or word that there is nothing more up to a revision. */
export type Delivered =
  | { readonly revision: number; readonly events: readonly Change[] }
  | { readonly progress: number };

/** One watch, from `ready` to its end. */
export interface WatchLog {
  readonly id: number;
  readonly filter: WatchFilter;
  /** Whether it asked for what keys were before; events have `prev: null` otherwise. */
  readonly prevKv: boolean;
  /** The first revision that it has to show. */
  readonly from: number;
  readonly delivered: readonly Delivered[];
  /** Where it says that another watch would go on. */
  readonly resume: number;
  /** The last revision that it was waited for. */
  readonly until: number;
  /** What ended it, if it did not end as it was meant to. */
  readonly error?: string;
}

/** Whether a watch is to show a change. */
export function shows({ prefix, types }: WatchFilter, { key, type }: Change): boolean {
  return key.startsWith(prefix) && types.includes(type);
}
