/**
 * Histories in files, so that a failure can be judged again.
 *
 * @module
 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Evidence } from "../check/all.ts";

/** What a file holds. */
export interface EvidenceFile extends Evidence {
  /** Where it comes from: row, seed, versions. */
  readonly about: object;
  /** What was found wrong. */
  readonly findings: readonly string[];
}

/** Writes a file, and the folders that lead to it. */
export async function writeEvidence(path: string, evidence: EvidenceFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(evidence));
}

/** Reads a file. */
export async function readEvidence(path: string): Promise<EvidenceFile> {
  return JSON.parse(await readFile(path, "utf8"));
}
