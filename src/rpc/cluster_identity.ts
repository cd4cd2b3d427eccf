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

/** What was known when a call began. */
export interface KnownCluster {
  /** `0n` if none was. */
  readonly clusterId: bigint;
  /** {@linkcode ClusterIdentity.changes}. */
  readonly changes: number;
  /** {@linkcode ClusterIdentity.revision}; undefined where the answer's revision says nothing. */
  readonly floor: bigint | undefined;
}

/**
 * Remembers the cluster's id and the highest revision that a linearizable answer has shown. Answers of a
 * single member say nothing of the revision, since a follower lags legally.
 */
export class ClusterIdentity {
  #clusterId = 0n;
  #revision = 0n;
  #changes = 0;
  readonly #onChange: (connection: object) => void;

  /** @param onChange Told of the connection that an answer of another cluster came over. */
  constructor(onChange: (connection: object) => void) {
    this.#onChange = onChange;
  }

  /** The cluster that answers come from; `0n` before the first. */
  get clusterId(): bigint {
    return this.#clusterId;
  }

  /** The highest revision seen; a linearizable answer to a call that starts now cannot be below it. */
  get revision(): bigint {
    return this.#revision;
  }

  /** How often the cluster was found to be another one. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * Looks at an answer. After an error it takes the new cluster for granted, so that each change is told once, and
   * to the calls that were under way.
   *
   * @param header The answer's header.
   * @param known What was known when the call began.
   * @param connection What it came over.
   * @throws {EtcdClusterChangedError} If it comes from another cluster, or from before the floor.
   */
  check(action: string, header: Seen | undefined, known: KnownCluster, connection: object): void {
    if (header === undefined || header.clusterId === 0n) return;
    const { clusterId, revision } = header;
    const { changes, floor } = known;
    const before = changes === this.#changes ? this.#clusterId : known.clusterId;
    const other = before !== 0n && clusterId !== before;
    const rewound = floor !== undefined && revision > 0n && revision < floor;
    const changed = other || rewound;
    // A call that began before a change was told can come from either side of it, and teaches nothing.
    if (changes === this.#changes) {
      this.#clusterId = clusterId;
      if (changed) {
        this.#changes++;
        this.#revision = 0n;
        this.#onChange(connection);
      }
      if (floor !== undefined && revision > this.#revision) this.#revision = revision;
    }
    if (!changed) return;
    const found = other ? "another cluster answered" : `the store went back below revision ${floor}`;
    throw new EtcdClusterChangedError(`${action}: ${found}`, { maybeExecuted: "yes" });
  }
}
