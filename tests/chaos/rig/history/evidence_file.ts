/**
 * What is known of a failure, in a file, so that it can be judged again.
 *
 * @module
 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ClientEvent } from "../../../../mod.ts";
import type { Evidence } from "../check/all.ts";
import type { RowReport, RowRequest } from "../trial/row.ts";

/** A window of a soak. */
export interface SoakWindow {
  readonly soak: SoakName;
  readonly window: number;
}

/** A soak. */
export interface SoakName {
  readonly seed: number;
  readonly etcd: string;
}

/** What a file holds; the history is missing where none was kept. */
export interface EvidenceFile extends Partial<Evidence> {
  /** Row, seed and mode, or where in a soak it was. */
  readonly about: RowRequest | SoakWindow;
  readonly report: RowReport;
  /** What happened to the clients, with `performance.now()`. */
  readonly events?: readonly { readonly at: number; readonly event: ClientEvent }[];
}

/** Writes a file into the folder of the request, and returns its path. */
export async function writeReport(
  about: RowRequest,
  report: RowReport,
  history: Partial<Evidence> & Pick<EvidenceFile, "events"> = {},
): Promise<string> {
  const mode = about.tls ? "tls" : "plaintext";
  const path = `${about.folder}/row-${about.row}-${mode}-${about.seed}.json`;
  await writeEvidence(path, { about, report, ...history });
  return path;
}

/** Writes a file, and the folders that lead to it. */
export async function writeEvidence(path: string, evidence: EvidenceFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(evidence, plain));
}

/** Reads a file. */
export async function readReport(path: string): Promise<EvidenceFile> {
  return JSON.parse(await readFile(path, "utf8"));
}

/** What JSON has no form of, as text. */
function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" || value instanceof Error ? String(value) : value;
}
