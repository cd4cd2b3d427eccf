/**
 * Workers in one file, much as wrangler makes them.
 *
 * @module
 */

import { succeed } from "../../src/testing/process/command.ts";
import { ENVIRONMENT, tool } from "./tools.ts";

/** How a worker is bundled. */
export interface BundleOptions {
  /** What stands in the place of packages: paths. */
  readonly alias?: Readonly<Record<string, string>>;
  /** @default {false} */
  readonly minify?: boolean;
}

const FLAGS: readonly string[] = [
  "--bundle",
  "--format=esm",
  "--target=es2024",
  // Node's modules are the runtime's; in all else a worker is nearer to a browser.
  "--platform=node",
  "--main-fields=browser,module,main",
  "--conditions=workerd,worker,browser",
  "--external:cloudflare:*",
  '--define:navigator.userAgent="Cloudflare-Workers"',
  "--define:import.meta.main=false",
  "--keep-names",
  "--log-level=warning",
];

/** grpc-js is CommonJS and asks for Node's modules by `require`, which a bundle of ES modules does not have. */
const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire("/");';

/**
 * Bundles a worker.
 *
 * @param entry The path of its main module.
 * @returns The text of the bundle.
 */
export async function bundle(
  entry: string,
  { alias = {}, minify = false }: BundleOptions = {},
): Promise<string> {
  const args = [entry, ...FLAGS, ...Object.entries(alias).map(([name, path]) => `--alias:${name}=${path}`)];
  if (minify) args.push("--minify");
  if (!("nice-grpc" in alias)) args.push(`--banner:js=${REQUIRE}`);
  return await succeed(await tool("esbuild"), args, { env: ENVIRONMENT });
}
