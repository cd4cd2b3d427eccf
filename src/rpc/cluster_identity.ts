/**
 * Whether the endpoints still belong to the cluster that was met first, with its history intact.
 *
 * @module
 */

import { EtcdClusterChangedError } from "../errors.ts";

/** The part of a response's header that tells. */
interface Seen {
  readonly clusterId: bigint;
  readonly revision: bigint;
}

/**
 * Remembers the cluster's id and the highest revision that a linearizable answer has shown. Answers of a
 * single member say nothing of the revision, since a follower lags legally.
 */
export class ClusterIdentity {
  #clusterId = 0n;
  #revision = 0n;

  /** The highest revision seen; a linearizable answer to a call that starts now cannot be below it. */
  get revision(): bigint {
    return this.#revision;
  }

  /**
   * Looks at an answer. After an error it takes the new cluster for granted, so that each change is told once.
   *
   * @param header The answer's header.
   * @param floor What `revision` was when the call began; undefined where the answer's revision says nothing.
   * @throws {EtcdClusterChangedError} If it comes from another cluster, or from before the floor.
   */
  check(action: string, header: Seen | undefined, floor: bigint | undefined): void {
    if (header === undefined || header.clusterId === 0n) return;
    const other = this.#clusterId !== 0n && header.clusterId !== this.#clusterId;
    const rewound = floor !== undefined && header.revision > 0n && header.revision < floor;
    if (other || rewound) {
      this.#clusterId = header.clusterId;
      this.#revision = floor === undefined ? 0n : header.revision;
      const found = other ? "another cluster answered" : `the store went back below revision ${floor}`;
      throw new EtcdClusterChangedError(`${action}: ${found}`, { maybeExecuted: "yes" });
    }
    this.#clusterId = header.clusterId;
    if (floor !== undefined && header.revision > this.#revision) this.#revision = header.revision;
  }
}
