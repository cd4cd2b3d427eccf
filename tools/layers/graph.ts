/**
 * Which file imports which, as `deno info` sees it, imports of types included.
 * @module
 */

import { run } from "../child.ts";

/** Each file, by its path in the repository, with the files of the repository that it imports. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** The part of `deno info --json` that is read. */
interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly type?: { readonly specifier?: string };
    }[];
  }[];
}

/** Draws the graph of everything that `entries` reach. */
export async function importGraph(entries: readonly string[]): Promise<ImportGraph> {
  const root = new URL("../../", import.meta.url).href;
  const graph = new Map<string, string[]>();
  for (const entry of entries) {
    if (graph.has(entry)) continue;
    const { code, output } = await run(Deno.execPath(), ["info", "--quiet", "--json", entry], {
      collect: true,
    });
    if (code !== 0) throw new Error(`Cannot draw the imports of ${entry}: ${output}`);
    for (const { specifier, dependencies = [] } of (JSON.parse(output) as Info).modules) {
      if (!specifier.startsWith(root)) continue;
      const imports = dependencies.map(({ code, type }) => code?.specifier ?? type?.specifier ?? "")
        .filter((imported) => imported.startsWith(root))
        .map((imported) => imported.slice(root.length));
      graph.set(specifier.slice(root.length), imports);
    }
  }
  return graph;
}
