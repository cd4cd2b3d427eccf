/**
 * The modules that users import, as deno.json exports them.
 * @module
 */

import config from "../deno.json" with { type: "json" };

export const ENTRIES: readonly string[] = Object.values(config.exports).map((path) => path.replace("./", ""));
