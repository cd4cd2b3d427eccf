/**
 * A worker in workerd, which ends with its owner.
 *
 * @module
 */

import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../../src/testing/environment.ts";
import { LineProcess } from "../../src/testing/process/line_process.ts";
import { ENVIRONMENT, tool } from "./tools.ts";

/** A worker that listens for HTTP requests. */
export class Workerd implements AsyncDisposable {
  /** Such as `"http://127.0.0.1:8787"`. */
  readonly url: string;
  readonly #process: LineProcess;

  private constructor(url: string, process: LineProcess) {
    this.url = url;
    this.#process = process;
  }

  /**
   * Starts a worker.
   *
   * @param source Its bundle.
   * @param config A constant of config.capnp.
   * @param etcd What it is given as `ETCD_ENDPOINT`.
   * @throws {Error} With what workerd said, if it does not take the worker.
   */
  static async start(source: string, config: "plain" | "withKeeper", etcd: string): Promise<Workerd> {
    const directory = await mkdtemp(join(temporaryFolder(), "etcetra-worker-"));
    try {
      const file = join(directory, "config.capnp");
      await copyFile(new URL("config.capnp", import.meta.url), file);
      await writeFile(join(directory, "worker.js"), source);
      const args = ["serve", "--control-fd=1", file, config];
      const process = LineProcess.start(await tool("workerd"), args, { ...ENVIRONMENT, ETCD_ENDPOINT: etcd });
      // Once it listens, it needs its files no more.
      const { value, done } = await process.lines.next();
      if (!done) return new Workerd(`http://127.0.0.1:${JSON.parse(value).port}`, process);
      await process.exited;
      throw new Error(`Cannot start workerd: ${process.stderr}`);
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  /** What it wrote to its standard error: whatever nobody caught. */
  get complaints(): string {
    return this.#process.stderr;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.close();
  }
}
