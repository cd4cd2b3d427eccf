/**
 * Fetches the .proto files of an etcd release.
 * @module
 */

import { join } from "node:path";
import { CommandError, run } from "./process.ts";

/** Since etcd 3.5 the protos lie in two Go modules; 3.4 is no valid Go module version and comes as source only. */
const GO_MODULES = ["go.etcd.io/etcd/api/v3", "go.etcd.io/etcd/server/v3"];

/**
 * Puts the release `version` (`3.7.3`) into `dir`, through Go's module cache where Go is installed and has it, else as
 * the source archive, and returns the directories that hold it.
 *
 * @throws {Error} naming both causes where neither way works.
 */
export async function fetchRelease(
  version: string,
  dir: string,
  sourceOrigin = "https://github.com",
): Promise<string[]> {
  let goCause: unknown;
  try {
    return await goModules(version, dir);
  } catch (error) {
    goCause = error;
  }
  try {
    return [await sourceArchive(sourceOrigin, version, dir)];
  } catch (error) {
    const causes = [goCause, error].map((cause) => `- ${cause instanceof Error ? cause.message : cause}`);
    const advice = "Unpack the release yourself and pass its directory as --from DIR.";
    throw new Error(`Cannot fetch the protos of etcd ${version}:\n${causes.join("\n")}\n${advice}`);
  }
}

async function goModules(version: string, cwd: string): Promise<string[]> {
  const names = GO_MODULES.map((name) => `${name}@v${version}`);
  const output = await run("go", ["mod", "download", "-json", ...names], cwd).catch((error: Error) => {
    // Go's own words are in its answer, which names each module's failure.
    const said = /"Error": "([^"\\]*)/.exec(error.message)?.[1];
    throw said === undefined ? error : new CommandError(`go: ${said}`);
  });
  // One object after another, each over several lines.
  const modules = output.trim().split(/(?<=^\})\s+/m).map((text) => JSON.parse(text) as { Dir: string });
  return modules.map((module) => module.Dir);
}

async function sourceArchive(origin: string, version: string, dir: string): Promise<string> {
  const url = `${origin}/etcd-io/etcd/archive/refs/tags/v${version}.tar.gz`;
  const response = await fetch(url).catch((error: unknown) => {
    throw new Error(`Cannot reach ${url}`, { cause: error });
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${url} answered ${response.status}`);
  }
  const archive = join(dir, "source.tar.gz");
  await Deno.writeFile(archive, response.body!);
  await run("tar", ["-xzf", archive, "-C", dir], dir);
  return dir;
}
