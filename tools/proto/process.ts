/**
 * Child processes and temporary directories, for the tools of this folder.
 * @module
 */

/** A program that could not be started or that failed; the message carries what it wrote to its standard error. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** Runs `command` to its end and returns its standard output. @throws {CommandError} */
export async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { success, code, stdout, stderr } = await output(command, args, cwd);
  const decoder = new TextDecoder();
  if (!success) {
    const said = [stderr, stdout].map((bytes) => decoder.decode(bytes).trim()).filter((text) => text !== "");
    throw new CommandError(`${command} ended with code ${code}: ${said.join("\n")}`);
  }
  return decoder.decode(stdout);
}

async function output(command: string, args: readonly string[], cwd: string): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(command, { args: [...args], cwd, stdout: "piped", stderr: "piped" })
      .output();
  } catch (error) {
    throw new CommandError(`Cannot run ${command}: it is not installed`, { cause: error });
  }
}

/** Gives `use` a fresh temporary directory and removes it afterwards. */
export async function withTempDir<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const dir = await Deno.makeTempDir({ prefix: "etcetra-proto-" });
  try {
    return await use(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
