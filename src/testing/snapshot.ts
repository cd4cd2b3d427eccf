/**
 * The data of a member that does not run.
 *
 * @module
 */

import { rm } from "node:fs/promises";
import { obtain } from "./binary/obtain.ts";
import type { Member } from "./member.ts";
import { dataDirectory, identityFlags } from "./plan.ts";
import { succeed } from "./process/command.ts";
import { atLeast, companion } from "./versions.ts";

/** Removes the data of a member. */
export async function removeData({ directory }: Member): Promise<void> {
  await rm(dataDirectory(directory), { recursive: true, force: true });
}

/** Makes the data of a member from a snapshot. */
export async function restoreData(member: Member, snapshot: string): Promise<void> {
  const { directory, plan, entry, setup } = member;
  const { version } = setup.binary;
  const tool = atLeast(version, 5) ? "etcdutl" : "etcdctl"; // etcdctl cannot any more since 3.6
  const { path } = await obtain(tool, companion(version));
  const args = ["snapshot", "restore", snapshot, ...identityFlags(directory, plan, entry)];
  await succeed(path, args, { env: {} });
}
