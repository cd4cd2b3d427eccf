/**
 * Text, line by line.
 *
 * @module
 */

/** Cuts text at its line ends; what follows the last one is dropped. */
export class TextLineStream extends TransformStream<string, string> {
  /** Makes one with nothing in it. */
  constructor() {
    let rest = "";
    super({
      transform(chunk, controller) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop()!;
        for (const line of lines) controller.enqueue(line);
      },
    });
  }
}
