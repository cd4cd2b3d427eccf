/**
 * What is going on, for whoever waits.
 *
 * @module
 */

let last = "";

/** One line that is written over, on a terminal; a line for each new thing elsewhere. */
export function progress(what: string, detail: string): void {
  if (Deno.stderr.isTerminal()) {
    const line = [what, detail].filter((part) => part !== "").join(": ");
    Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${line}`));
  } else if (what !== last && what !== "") {
    console.error(what);
  }
  last = what;
}
