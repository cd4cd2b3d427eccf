/**
 * Measured figures in docs/reliability.md, between two comments.
 *
 * @module
 */

import { run } from "../../../tools/child.ts";

const PAGE = "docs/reliability.md";

/**
 * Replaces what is between the comments of a run.
 *
 * @param name Which run, as the comment has it, such as `deno, etcd 3.7`.
 * @throws {RangeError} If the page has no place for it.
 */
export async function publish(name: string, text: string): Promise<void> {
  const page = await Deno.readTextFile(PAGE);
  const [begin, end] = [`<!-- measured: ${name} -->`, "<!-- end of measured -->"];
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new RangeError(`Cannot publish: ${PAGE} has no "${begin}"`);
  await Deno.writeTextFile(PAGE, `${page.slice(0, from)}${begin}\n\n${text}\n\n${page.slice(to)}`);
  await run(Deno.execPath(), ["fmt", "--quiet", PAGE]);
  console.log(`written into ${PAGE}: ${name}`);
}
