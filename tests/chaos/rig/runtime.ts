/**
 * How a script is run on the runtime that runs this.
 *
 * @module
 */

/** What stands between the program of the runtime and the path of a script; the types are checked elsewhere. */
export const RUN: readonly string[] = "Deno" in globalThis
  ? ["run", "--quiet", "--no-check", "-P=test", "--v8-flags=--expose-gc"]
  : "Bun" in globalThis
  ? []
  : ["--expose-gc"];
