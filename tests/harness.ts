/**
 * The one `test` of the suite: Deno's own, so that its sanitizers apply, and `node:test` on Bun and Node. And what
 * stands in for a test that cannot run here.
 * @module
 */

/** A test: a sentence for a name, and a body. */
export type Test = (name: string, body: () => void | Promise<void>) => void;

/** grpc-js leaves timers of its own behind, which Deno's sanitizers would count as ours. */
const sanitized = (await import("node:process")).default.env.ETCETRA_TRANSPORT !== "grpc-js";

/** Milliseconds; Bun and Node are given theirs on the command line. */
const TEST_LIMIT = 120_000;

const nodeTest = "Deno" in globalThis ? undefined : (await import("node:test")).test;

export const test: Test = nodeTest ?? ((name, body) => {
  Deno.test(name, { timeout: TEST_LIMIT, sanitizeOps: sanitized, sanitizeResources: sanitized }, body);
});

/**
 * A test of processes that go on beside other tests: what is opened or closed while it runs need not be its own, so
 * that Deno's sanitizers have nothing to tell.
 */
export const sideBySide: Test = nodeTest ?? ((name, body) => {
  Deno.test(name, { timeout: TEST_LIMIT, sanitizeOps: false, sanitizeResources: false }, body);
});

/** A test that cannot run here: the report shows it as skipped, with the reason in its name. */
export function skipped(name: string, reason: string): void {
  const title = `${name} (skipped: ${reason})`;
  if ("Deno" in globalThis) Deno.test({ name: title, ignore: true, fn() {} });
  else nodeTest!(title, { skip: reason }, () => {});
}
