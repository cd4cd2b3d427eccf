/**
 * One line of progress, which on a terminal is written over by the next and shows that time passes.
 * @module
 */

import { dim } from "../../examples/shared/narrate.ts";

const REFRESH = 1_000; // milliseconds
const ERASE_LINE = "\r\x1b[K";

/** States: idle; showing, from the first message until it is closed. */
export class Progress implements Disposable {
  #message = "";
  #started = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Shows what goes on from now. */
  show(message: string): void {
    if (!Deno.stdout.isTerminal()) return console.log(`    ${message}`);
    this.#message = message;
    this.#started = performance.now();
    this.#timer ??= setInterval(() => this.#write(), REFRESH);
    this.#write();
  }

  [Symbol.dispose](): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    write(ERASE_LINE);
  }

  #write(): void {
    const seconds = Math.floor((performance.now() - this.#started) / 1_000);
    const time = seconds > 0 ? ` … ${seconds} s` : "";
    const { columns } = Deno.consoleSize();
    write(ERASE_LINE + dim(`    ${this.#message}`.slice(0, columns - time.length - 1) + time));
  }
}

function write(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
