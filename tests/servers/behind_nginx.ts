/**
 * Tests of a client before an nginx, and what they watch.
 *
 * @module
 */

import { assert } from "@std/assert";
import { type ClientEvent, type EtcdCommunicator, EtcdError, EtcdTimeoutError } from "../../mod.ts";
import { skipped, test } from "../harness.ts";
import { nginxProgram, siteBehindNginx } from "./flavours.ts";

/** Starts an etcd, and an nginx before it with directives for its `server` block. */
export type Start = (tls: boolean, settings?: readonly string[]) => ReturnType<typeof siteBehindNginx>;

/** A test that needs an nginx; where there is none, it is skipped and says why. */
export function behindNginx(name: string, body: (start: Start) => Promise<void>): void {
  const title = `behind nginx: ${name}`;
  const program = nginxProgram;
  if (typeof program === "string") skipped(title, `no nginx: ${program}`);
  else test(title, () => body((tls, settings) => siteBehindNginx(program, tls, settings)));
}

/** Watches a prefix and collects what it sees; `upTo` waits for so many changes. */
export function follow(c: EtcdCommunicator, prefix: string) {
  const watcher = c.watchPrefix(prefix);
  const changes = watcher[Symbol.asyncIterator]();
  const seen: string[] = [];
  return {
    ready: watcher.ready,
    async upTo(count: number): Promise<string[]> {
      while (seen.length < count) seen.push((await changes.next()).value!.value!);
      return seen;
    },
    [Symbol.asyncDispose]: () => watcher[Symbol.asyncDispose](),
  };
}

/** Remembers events, and waits for the n-th of a type. */
export function listener() {
  const events: ClientEvent[] = [];
  let wake = () => {};
  const of = (type: ClientEvent["type"]) => events.filter((event) => event.type === type);
  return {
    onEvent(event: ClientEvent): void {
      events.push(event);
      wake();
    },
    of,
    async nth(type: ClientEvent["type"], n: number): Promise<void> {
      while (of(type).length < n) await new Promise<void>((resolve) => wake = resolve);
    },
  };
}

/** How a call failed: class, code, whether it may have been executed; or "done". */
export async function outcome(calling: Promise<unknown>): Promise<string> {
  try {
    await calling;
    return "done";
  } catch (error) {
    assert(error instanceof EtcdError || error instanceof EtcdTimeoutError, String(error));
    return `${error.constructor.name} ${error.code} ${error.maybeExecuted}`;
  }
}
