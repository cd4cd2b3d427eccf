/**
 * Getting hold of nginx: from PATH, or from Debian's packages, unpacked into the cache folder and not installed.
 *
 * @module
 */

import { cp, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { isExecutable } from "../../src/testing/binary/way.ts";
import { withLock } from "../../src/testing/binary/lock.ts";
import { cacheFolder, temporaryFolder, variable, wholeEnvironment } from "../../src/testing/environment.ts";
import { type CommandOptions, run, succeed } from "../../src/testing/process/command.ts";

/** How an nginx is run: the words before its arguments. */
export type Program = readonly string[];

/** Packages that have the program, newest way of packing first; in some releases a name stands for others only. */
const PACKAGES = ["nginx", "nginx-core", "nginx-light"];

/** What of a package's dependencies is unpacked beside it; the C library is the system's own. */
const LIBRARY = /^(lib(?!c6$)[\w.+-]+|zlib1g)$/;

/** Milliseconds that fetching may take. */
const FETCH_LIMIT = 120_000;

/** Where there is no network, apt-get would try for minutes. */
const IMPATIENT = ["-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20"];

/** Finds nginx, or tells why there is none. */
export async function findNginx(): Promise<Program | string> {
  const installed = await fromPath();
  if (installed && await complaint(installed) === undefined) return installed;
  const root = join(cacheFolder(), "nginx");
  const unpacked = await fromFolder(root) ?? await fetched(root);
  return typeof unpacked === "string" ? unpacked : await complaint(unpacked) ?? unpacked;
}

async function fetched(root: string): Promise<Program | string> {
  await mkdir(cacheFolder(), { recursive: true });
  return await withLock(join(cacheFolder(), "nginx.lock"), async () => {
    return await fromFolder(root) ?? await fromDebian(root) ?? await fromFolder(root) ??
      "it cannot be unpacked";
  });
}

/** Why a program is of no use. */
async function complaint([command, ...args]: Program): Promise<string | undefined> {
  const env = { PATH: variable("PATH") };
  const { status, stderr } = await run(command, [...args, "-V"], { env });
  if (status !== 0) return `it does not run: ${stderr.trim()}`;
  return stderr.includes("--with-http_v2_module") ? undefined : "it was built without HTTP/2";
}

async function fromPath(): Promise<Program | undefined> {
  const folders = [...(variable("PATH") ?? "").split(delimiter).filter(Boolean), "/usr/sbin"];
  for (const folder of folders) {
    const path = join(folder, "nginx");
    if (await isExecutable(path)) return [path];
  }
  return undefined;
}

/** What was unpacked earlier. */
async function fromFolder(root: string): Promise<Program | undefined> {
  const path = join(root, "usr", "sbin", "nginx");
  if (!await isExecutable(path)) return undefined;
  const libraries: string[] = [];
  for (const folder of [join(root, "lib"), join(root, "usr", "lib")]) {
    const entries = await readdir(folder).catch((): string[] => []);
    libraries.push(
      ...entries.filter((entry) => entry.includes("-linux-")).map((entry) => join(folder, entry)),
    );
  }
  // By `env`, since Deno lets no program be started with this variable, but by who may run everything.
  return ["env", `LD_LIBRARY_PATH=${libraries.join(delimiter)}`, path];
}

/** Brings it, or tells why not. */
async function fromDebian(root: string): Promise<string | undefined> {
  const folder = await mkdtemp(join(temporaryFolder(), "etcetra-nginx-"));
  try {
    const options = { cwd: folder, env: wholeEnvironment(), signal: AbortSignal.timeout(FETCH_LIMIT) };
    if ((await run("apt-get", ["--version"], options)).status !== 0) {
      return "neither on PATH, nor apt-get installed";
    }
    if (await libraries(PACKAGES[0], options) === undefined) {
      await run("apt-get", [...IMPATIENT, "update"], options);
    }
    for (const name of PACKAGES) {
      const needed = await libraries(name, options);
      if (needed === undefined) continue;
      await succeed("apt-get", [...IMPATIENT, "download", name, ...needed], options);
      await succeed("sh", ["-c", 'for package in ./*.deb; do dpkg -x "$package" unpacked; done'], options);
      if (await isExecutable(join(folder, "unpacked", "usr", "sbin", "nginx"))) {
        return await install(folder, root);
      }
    }
    return `none of Debian's packages ${PACKAGES.join(", ")} has it`;
  } catch (error) {
    return `apt-get cannot fetch it: ${(error as Error).message.split("; ").at(-1)!.slice(0, 160)}`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The libraries that a package depends on; undefined if apt does not know it. */
async function libraries(name: string, options: CommandOptions): Promise<string[] | undefined> {
  const { stdout } = await run("apt-cache", ["show", "--no-all-versions", name], options);
  const depends = /^Depends: (.*)$/m.exec(stdout)?.[1];
  return depends?.split(",").map((one) => one.trim().split(" ")[0]).filter((one) => LIBRARY.test(one));
}

/** Copies first, since the cache may be on another disk; the name appears with the whole of it. */
async function install(folder: string, root: string): Promise<undefined> {
  const partial = `${root}.${crypto.randomUUID()}`;
  await cp(join(folder, "unpacked"), partial, { recursive: true, verbatimSymlinks: true });
  await rm(root, { recursive: true, force: true });
  await rename(partial, root);
}
