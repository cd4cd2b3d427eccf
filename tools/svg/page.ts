/**
 * A drawing with a background of its own, so that it can be read on light and dark pages.
 *
 * @module
 */

import { escapeXml } from "./xml.ts";

/** Plain rules, as not everything that shows SVG knows more of CSS. */
const LIGHT = `
  text { font: 11px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
  .heading { font-size: 15px; font-weight: 600; }
  .title { font-size: 13px; font-weight: 600; }
  .faint { fill: #59636e; }
  .page { fill: #ffffff; }`;

const DARK = `
    text { fill: #f0f6fc; }
    .faint { fill: #9198a1; }
    .page { fill: #0d1117; }`;

/** What is drawn, and how. */
export interface Page {
  readonly width: number;
  readonly height: number;
  /** For those who do not see it. */
  readonly label: string;
  /** Rules for the classes of the parts, and others for dark pages. */
  readonly style: { readonly light: string; readonly dark: string };
  readonly parts: readonly string[];
}

/** Draws it as SVG. */
export function drawPage({ width, height, label, style, parts }: Page): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(label)}">`,
    `<style>${LIGHT}${style.light}`,
    `  @media (prefers-color-scheme: dark) {${DARK}${style.dark}`,
    "  }",
    "</style>",
    `<rect class="page" width="${width}" height="${height}" rx="8"/>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}
