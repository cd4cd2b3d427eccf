/**
 * The last write of a history.
 *
 * @module
 */

import type { EtcdCommunicator } from "../../../../mod.ts";
import type { Recorder } from "../history/recorder.ts";

/** The process that finishes. */
const PROC = 1_000;

let count = 0;

/**
 * Writes the key `end` below a prefix, again and again until that is acknowledged.
 *
 * @returns The revision, which watches can be waited for.
 */
export async function finish(recorder: Recorder, c: EtcdCommunicator, prefix: string): Promise<number> {
  for (;;) {
    const value = `end-${count++}`;
    const call = await recorder.record(PROC, c, {
      kind: "write",
      puts: [`${prefix}end`],
      deletes: [],
      value,
    });
    if (call.revision !== undefined) return call.revision;
  }
}
