/**
 * The clients from npm.
 *
 * @module
 */

import { FOLDER, quietly } from "./folder.ts";

const MANIFEST = "bench/peers/npm/package.json";

/** Installs what the manifest pins, unless that is there; returns why it cannot be. */
export async function installNpm(): Promise<string | undefined> {
  const folder = `${FOLDER}/npm`;
  await Deno.mkdir(folder, { recursive: true });
  const wanted = await Deno.readTextFile(MANIFEST);
  const found = await Deno.readTextFile(`${folder}/installed.json`).catch(() => "");
  if (found === wanted) return undefined;
  await Deno.writeTextFile(`${folder}/package.json`, wanted);
  const install = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  const failure = await quietly(install, { cwd: folder });
  if (failure === undefined) await Deno.writeTextFile(`${folder}/installed.json`, wanted);
  return failure;
}

/** The version of a package that the manifest pins. */
export async function npmVersion(name: string): Promise<string> {
  return JSON.parse(await Deno.readTextFile(MANIFEST)).dependencies[name];
}
