/**
 * The one `test` of the suite: Deno's own, so that its sanitizers apply, and `node:test` on Bun and Node.
 * @module
 */

/** A test: a sentence for a name and a body, which Deno and Node hand a context that the suite does not use. */
export type Test = (name: string, body: () => void | Promise<void>) => void;

export const test: Test = "Deno" in globalThis ? Deno.test : (await import("node:test")).test;
