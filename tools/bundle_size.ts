/**
 * `deno run -P=tools tools/bundle_size.ts`: how large the worker of examples/worker is, bundled as wrangler does it.
 * @module
 */

import { gzipSync } from "node:zlib";
import { bundle } from "../bun-compat/worker/bundle.ts";
import { exampleProject } from "../bun-compat/worker/example.ts";
import { installForBunAndNode } from "./suite/install.ts";

const { main, alias } = await exampleProject();

async function measure(title: string, replaced: Readonly<Record<string, string>>): Promise<void> {
  const source = new TextEncoder().encode(await bundle(main, { alias: replaced, minify: true }));
  const kilobytes = (bytes: Uint8Array) => `${Math.round(bytes.length / 1_000)} KB`.padStart(8);
  console.log(
    `${title.padEnd(22)}${kilobytes(source)} minified, ${kilobytes(gzipSync(source, { level: 9 }))} gzipped`,
  );
}

if (!await installForBunAndNode()) Deno.exit(1);
await measure("as in wrangler.jsonc", alias);
await measure("with nice-grpc", {});
