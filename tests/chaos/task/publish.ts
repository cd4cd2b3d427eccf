/**
 * Measured figures in docs/reliability.md, between two comments.
 *
 * @module
 */

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
  // A formatter would make every line of a table as long as its longest.
  const asItIs = `<!-- deno-fmt-ignore-start -->\n\n${text}\n\n<!-- deno-fmt-ignore-end -->`;
  await Deno.writeTextFile(PAGE, `${page.slice(0, from)}${begin}\n\n${asItIs}\n\n${page.slice(to)}`);
  console.log(`written into ${PAGE}: ${name}`);
}
