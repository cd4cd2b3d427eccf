/**
 * etcd's own command line client, as the other side of a test.
 *
 * @module
 */

import { obtain } from "./binary/obtain.ts";
import { run } from "./process/command.ts";
import { LineProcess } from "./process/line_process.ts";
import { companion } from "./versions.ts";

/** A server or a cluster. */
export interface EtcdctlTarget {
  /** Whole; etcdctl is of the same minor version. */
  readonly version: string;
  /** What etcdctl reads of its environment: endpoints, certificates, root's password. */
  readonly etcdctlEnvironment: Readonly<Record<string, string>>;
}

/** What {@linkcode etcdctl} can be told. */
export interface EtcdctlOptions {
  /** What it reads from its standard input. */
  readonly input?: string;
  /** Ends it; the promise rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `etcdctl` to its end.
 *
 * @param target The server or cluster, which says the version too.
 * @param args Such as `["put", "key", "value"]`.
 * @returns What it wrote to its standard output.
 * @throws {Error} If its exit status is not 0, with what it wrote to its standard error.
 * @throws The signal's reason.
 *
 * @example
 * ```ts
 * import { etcdctl, EtcdServer } from "@etcetra/etcd/testing";
 *
 * await using server = await EtcdServer.start();
 * await etcdctl(server, ["put", "greeting", "hello"]); // "OK\n"
 * ```
 */
export async function etcdctl(
  target: EtcdctlTarget,
  args: readonly string[],
  { input, signal }: EtcdctlOptions = {},
): Promise<string> {
  const { path } = await obtain("etcdctl", companion(target.version), { signal });
  const { status, stdout, stderr } = await run(path, args, { env: target.etcdctlEnvironment, input, signal });
  if (status === 0) return stdout;
  throw new Error(`\`etcdctl ${args[0]}\` failed with status ${status}: ${stderr.trim()}`);
}

/**
 * Starts an `etcdctl` that goes on until it is closed, such as `watch` or `lock`.
 *
 * @param target The server or cluster, which says the version too.
 * @param args Such as `["watch", "--prefix", ""]`.
 *
 * @example
 * ```ts
 * import { EtcdServer, startEtcdctl } from "@etcetra/etcd/testing";
 *
 * await using server = await EtcdServer.start();
 * await using lock = await startEtcdctl(server, ["lock", "jobs"]);
 * for await (const line of lock.lines) {
 *   console.log(line); // the key of the lock, now that it is held
 *   break;
 * }
 * ```
 */
export async function startEtcdctl(target: EtcdctlTarget, args: readonly string[]): Promise<LineProcess> {
  const { path } = await obtain("etcdctl", companion(target.version));
  return LineProcess.start(path, args, target.etcdctlEnvironment);
}
