/**
 * Where the bench keeps what it installs and builds; git ignores it.
 *
 * @module
 */

/** An absolute path: workers resolve modules from there. */
export const FOLDER: string = `${Deno.cwd()}/.cache/bench`;

/** Runs a program to its end, quietly; returns why it failed, if it did. */
export async function quietly(
  command: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<string | undefined> {
  const [program, ...args] = command;
  try {
    const child = new Deno.Command(program, { args, ...options, stdin: "null" });
    const { success, stderr } = await child.output();
    return success ? undefined : `${program} failed: ${lastLine(stderr)}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `there is no ${program}`;
    throw error;
  }
}

function lastLine(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trimEnd().split("\n").at(-1) ?? "";
}
