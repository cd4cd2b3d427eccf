/**
 * Which runtime this is.
 *
 * @module
 */

/** The runtimes whose sockets differ; `"node"` is Node, Bun and whatever else has `node:net`. */
export type Runtime = "deno" | "node" | "workerd";

/** The runtime that runs this. Asked first: workers have a `process` too. */
export function runtime(): Runtime {
  const { navigator } = globalThis as { navigator?: { readonly userAgent?: string } };
  if (navigator?.userAgent === "Cloudflare-Workers") return "workerd";
  return "Deno" in globalThis ? "deno" : "node";
}
