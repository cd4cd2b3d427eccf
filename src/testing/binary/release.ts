/**
 * The releases that the etcd project publishes.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { goArchitecture, goSystem, variable, wholeEnvironment } from "../environment.ts";
import { succeed } from "../process/command.ts";
import type { Search } from "./way.ts";

/** Where releases are; ETCD_DOWNLOAD_URL names a mirror. */
const DOWNLOADS = "https://github.com/etcd-io/etcd/releases/download";

/** Milliseconds for the small file of checksums, which also tells whether there is a way to the server. */
const FIRST_ANSWER = 10_000;

/** Bytes between two lines about the progress. */
const STEP = 5_000_000;

/** Downloads a release, verifies its checksum and unpacks it. */
export async function fromRelease(search: Search, folder: string): Promise<string | undefined> {
  const { wanted: { version }, onProgress, signal } = search;
  const base = `${variable("ETCD_DOWNLOAD_URL") ?? DOWNLOADS}/v${version}`;
  const kind = goSystem() === "darwin" ? "zip" : "tar.gz";
  const name = `etcd-v${version}-${goSystem()}-${goArchitecture()}.${kind}`;

  const sums = await get(`${base}/SHA256SUMS`, anySignal(signal, AbortSignal.timeout(FIRST_ANSWER)));
  const expected = checksumOf(name, await sums.text());
  if (!expected) return `the release has no ${name}`;
  onProgress(`etcd ${version}: downloading ${base}/${name}`);
  const archive = await download(await get(`${base}/${name}`, signal), search);
  const found = createHash("sha256").update(archive).digest("hex");
  if (found !== expected) return `the checksum of ${name} is ${found}, not ${expected}`;

  const path = join(folder, name);
  await writeFile(path, archive);
  const unpack = ["-xf", path, "-C", folder, "--strip-components=1"]; // macOS's tar reads zip too
  await succeed("tar", unpack, { env: wholeEnvironment(), signal });
  return undefined;
}

async function get(url: string, signal: AbortSignal | undefined): Promise<Response> {
  const response = await fetch(url, { signal }).catch((error: Error) => {
    throw new Error(`cannot reach ${url}: ${(error.cause as Error | undefined)?.message ?? error.message}`);
  });
  if (response.ok) return response;
  await response.body?.cancel();
  throw new Error(`${url} answered ${response.status} ${response.statusText}`);
}

/** A line of the file is the hash in hexadecimal, spaces and the name. */
function checksumOf(name: string, sums: string): string | undefined {
  return sums.split("\n").map((line) => line.trim().split(/\s+/)).find((line) => line[1] === name)?.[0];
}

async function download(response: Response, { wanted, onProgress }: Search): Promise<Uint8Array> {
  const total = Number(response.headers.get("content-length"));
  const chunks: Uint8Array[] = [];
  let received = 0;
  let next = STEP;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    received += chunk.length;
    if (received < next) continue;
    next += STEP;
    const of = total ? ` of ${megabytes(total)}` : "";
    onProgress(`etcd ${wanted.version}: ${megabytes(received)}${of} MB`);
  }
  return joined(chunks, received);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

function anySignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}
