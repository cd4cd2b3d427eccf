/**
 * The one `test` of the suite: Deno's own, so that its sanitizers apply, and `node:test` on Bun and Node.
 * @module
 */

/** A test: a sentence for a name, and a body. */
export type Test = (name: string, body: () => void | Promise<void>) => void;

/** grpc-js leaves timers of its own behind, which Deno's sanitizers would count as ours. */
const sanitized = (await import("node:process")).default.env.ETCETRA_TRANSPORT !== "grpc-js";

/** Milliseconds; Bun and Node are given theirs on the command line. */
const TEST_LIMIT = 120_000;

export const test: Test = "Deno" in globalThis
  ? (name, body) =>
    Deno.test(name, { timeout: TEST_LIMIT, sanitizeOps: sanitized, sanitizeResources: sanitized }, body)
  : (await import("node:test")).test;
