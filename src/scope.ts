/**
 * What the methods of one communicator share.
 *
 * @module
 */

import type { Codec } from "./codec.ts";
import type { Keyspace } from "./keys.ts";
import type { Resources } from "./resources.ts";
import type { Rpc } from "./rpc/rpc.ts";

/** A communicator's way to etcd. Views of it differ in `keys` and `codec` only. */
export interface Scope<V> {
  readonly rpc: Rpc;
  readonly keys: Keyspace;
  readonly codec: Codec<V>;
  /** What was opened through the communicator and ends with it. */
  readonly resources: Resources;
}
