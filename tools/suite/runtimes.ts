/**
 * How each runtime is asked to run test files and to write a JUnit report.
 * @module
 */

export type Runtime = "deno" | "bun" | "node";

export const RUNTIMES: readonly Runtime[] = ["deno", "bun", "node"];

/** Milliseconds for one test; on Deno tests/harness.ts sets it. */
const TEST_LIMIT = 120_000;

const TOOLS = "bun-compat/node_modules/.bin";

/** The program of a runtime: this very Deno, and the Bun and Node that bun-compat pins. */
export function program(runtime: Runtime): string {
  return runtime === "deno" ? Deno.execPath() : `${Deno.cwd()}/${TOOLS}/${runtime}`;
}

/** The arguments that run `files` and write `report`. */
export function testArguments(runtime: Runtime, files: readonly string[], report: string): string[] {
  const paths = files.map((file) => `./${file}`);
  switch (runtime) {
    case "deno":
      // The types are the gate's to check, once.
      return ["test", "-P=test", "--no-check", `--junit-path=${report}`, ...paths];
    case "bun":
      return [
        "test",
        `--timeout=${TEST_LIMIT}`,
        "--reporter=junit",
        `--reporter-outfile=${report}`,
        ...paths,
      ];
    case "node":
      return [
        "--test",
        "--test-concurrency=1",
        `--test-timeout=${TEST_LIMIT}`,
        "--test-reporter=spec",
        "--test-reporter-destination=stdout",
        "--test-reporter=junit",
        `--test-reporter-destination=${report}`,
        ...paths,
      ];
  }
}

/** The runtime's name and version, for a headline. */
export async function describe(runtime: Runtime): Promise<string> {
  const { stdout } = await new Deno.Command(program(runtime), { args: ["--version"] }).output();
  const version = new TextDecoder().decode(stdout).match(/\d+\.\d+\.\d+/)?.[0] ?? "of unknown version";
  return `${{ deno: "Deno", bun: "Bun", node: "Node" }[runtime]} ${version}`;
}
