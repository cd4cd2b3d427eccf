/**
 * A store as etcd is one, small enough to be right at sight: it makes the truth of simulated histories.
 *
 * @module
 */

import type { Entry, Operation, Outcome } from "../rig/history/call.ts";
import type { Change, Revision } from "../rig/history/truth.ts";

/** Keys, their revisions, and every change. */
export class SimulatedStore {
  readonly truth: Revision[] = [];
  readonly #entries = new Map<string, Entry>();
  #revision = 1;

  /** The newest revision. */
  get revision(): number {
    return this.#revision;
  }

  /** Executes an operation at once. */
  execute(request: Operation): { readonly response: Outcome; readonly revision: number } {
    switch (request.kind) {
      case "read":
        return { response: { entries: this.#find(request) }, revision: this.#revision };
      case "swap": {
        const found = this.#entries.get(request.key);
        if ((found?.value ?? null) !== request.expected) {
          return { response: { succeeded: false, entries: found ? [found] : [] }, revision: this.#revision };
        }
        this.#write([request.key], [], request.value);
        return { response: { succeeded: true }, revision: this.#revision };
      }
      case "write": {
        const deleted = this.#write(request.puts, request.deletes, request.value);
        return { response: { deleted }, revision: this.#revision };
      }
    }
  }

  #find({ key, prefix }: { readonly key?: string; readonly prefix?: string }): Entry[] {
    return [...this.#entries.values()]
      .filter((entry) => prefix === undefined ? entry.key === key : entry.key.startsWith(prefix))
      .sort((a, b) => a.key < b.key ? -1 : 1);
  }

  /** @returns How many keys were deleted. */
  #write(puts: readonly string[], deletes: readonly string[], value: string): number {
    const there = deletes.filter((key) => this.#entries.has(key));
    if (puts.length + there.length === 0) return 0;
    const revision = ++this.#revision;
    const changes = [
      ...puts.map((key) => this.#put(key, value, revision)),
      ...there.map((key) => this.#delete(key)),
    ];
    this.truth.push({ revision, changes });
    return there.length;
  }

  #put(key: string, value: string, revision: number): Change {
    const prev = this.#entries.get(key) ?? null;
    const createRevision = prev?.createRevision ?? revision;
    const version = (prev?.version ?? 0) + 1;
    this.#entries.set(key, { key, value, createRevision, modRevision: revision, version });
    return { type: "PUT", key, value, createRevision, version, prev };
  }

  #delete(key: string): Change {
    const prev = this.#entries.get(key)!;
    this.#entries.delete(key);
    return { type: "DELETE", key, value: null, createRevision: 0, version: 0, prev };
  }
}
