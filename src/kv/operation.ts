/**
 * One operation on keys, the same whether it is called by itself or as a part of a transaction.
 *
 * @module
 */

import type { Scope } from "../scope.ts";

/** What decides how keys and values look: the namespace and the codec. */
export type View<V> = Pick<Scope<V>, "keys" | "codec">;

/** What to ask for, and how to read the answer; building it checks everything that the caller gave. */
export interface Operation<Q, S, T> {
  readonly request: Q;
  read(response: S): T;
}
