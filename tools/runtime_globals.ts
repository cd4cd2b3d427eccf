/**
 * Holds the library to what every runtime has: `Deno`, `Bun`, `process` and `node:` modules are used in the rooms for
 * them and nowhere else.
 * @module
 */

import { sourceFiles } from "./files.ts";

const ROOMS_FOR_THEM = ["src/transport/net/", "src/testing/"];

/** Comments and strings; a template's text stays, since it can hold code. */
const COMMENT_OR_STRING = /\/\*[\s\S]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;
const GLOBAL = /(?:globalThis\.|(?<![.\w$]))(?:Deno|Bun|process)\b/g;
const NODE_MODULE = /\b(?:from|import)\s*\(?\s*"node:[^"]*"/g;

/** The uses of one runtime's own things in a source text, each with its line. */
export function runtimeUses(source: string): string[] {
  const blank = (text: string): string => text.replace(/[^\n]/g, " ");
  const withoutComments = source.replace(
    COMMENT_OR_STRING,
    (text) => text.startsWith("/") ? blank(text) : text,
  );
  const code = source.replace(COMMENT_OR_STRING, blank);
  return [...code.matchAll(GLOBAL), ...withoutComments.matchAll(NODE_MODULE)]
    .map(({ 0: use, index }) => `${source.slice(0, index).split("\n").length}: ${use}`);
}

if (import.meta.main) {
  const files = ["mod.ts", ...await sourceFiles()]
    .filter((file) => !ROOMS_FOR_THEM.some((room) => file.startsWith(room)));
  const findings: string[] = [];
  for (const file of files) {
    for (const use of runtimeUses(await Deno.readTextFile(file))) findings.push(`${file}:${use}`);
  }
  for (const finding of findings) console.error(finding);
  Deno.exit(findings.length === 0 ? 0 : 1);
}
