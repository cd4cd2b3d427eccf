/**
 * A little XML.
 *
 * @module
 */

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text that may stand between tags and in attributes. */
export function escapeXml(content: string): string {
  return content.replace(/[&<>"]/g, (character) => ESCAPES[character]);
}

/** A line of text, its baseline beginning there. */
export function text(x: number, y: number, kind: string, content: string): string {
  const styled = kind === "" ? "" : ` class="${kind}"`;
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${styled}>${escapeXml(content)}</text>`;
}
