/**
 * What Bun and Node need before they can run the tests: the packages of package.json, and the two runtimes themselves.
 * @module
 */

import { run } from "../child.ts";

const FOLDERS = [".", "bun-compat"];

/** Installs by npm whatever changed since the last time, and tells whether that went well. */
export async function installForBunAndNode(): Promise<boolean> {
  for (const folder of FOLDERS) {
    if (await isInstalled(folder)) continue;
    console.log(`── npm install, in ${folder} ──`);
    const args = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
    const { code } = await run("npm", args, { cwd: folder });
    if (code !== 0) return false;
  }
  return true;
}

/** Whether npm's own note of what it installed is newer than what there is to install. */
async function isInstalled(folder: string): Promise<boolean> {
  const wanted = await modified(`${folder}/package.json`);
  return await modified(`${folder}/node_modules/.package-lock.json`) > wanted;
}

async function modified(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).mtime?.getTime() ?? 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
