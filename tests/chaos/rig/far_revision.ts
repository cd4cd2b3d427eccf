/**
 * An etcd whose revisions no double holds.
 *
 * @module
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { obtain } from "../../../src/testing/binary/obtain.ts";
import { etcdctl, type EtcdServer } from "../../../src/testing/mod.ts";
import { succeed } from "../../../src/testing/process/command.ts";
import type { Trial } from "./trial/trial.ts";

/**
 * Starts another server with what a server has, at later revisions; what was before them counts as compacted.
 *
 * @param by How much later.
 */
export async function farRevision(trial: Trial, server: EtcdServer, by: bigint): Promise<EtcdServer> {
  const folder = await mkdtemp(join(tmpdir(), "etcetra-far-"));
  trial.use({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) });
  const [snapshot, data] = [join(folder, "snapshot.db"), join(folder, "data")];
  await etcdctl(server, ["snapshot", "save", snapshot]);
  const { path } = await obtain("etcdutl", server.version);
  const bump = [`--bump-revision=${by}`, "--mark-compacted"];
  await succeed(path, ["snapshot", "restore", snapshot, `--data-dir=${data}`, ...bump], { env: {} });
  return await trial.server({ args: [`--data-dir=${data}`] });
}
