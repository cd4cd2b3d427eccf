/**
 * What a watcher delivered, and what etcdctl says that has happened.
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { WatchBatch, Watcher } from "../../mod.ts";
import { type EtcdctlTarget, type EtcdServer, startEtcdctl } from "../../src/testing/mod.ts";

/** One revision: `"5 PUT k v, DELETE l"`; long values by their beginning and length. */
type Line = string;

/** Takes batches until `until`, and holds them to the rules: whole revisions, each newer than the last. */
export async function follow(
  watcher: Watcher<string>,
  until: (batch: WatchBatch<string>) => boolean,
): Promise<Line[]> {
  const lines: Line[] = [];
  let last = 0n;
  for await (const batch of watcher.batches()) {
    assert(batch.revision > last, `revision ${batch.revision} after ${last}`);
    last = batch.revision;
    for (const event of batch.events) assertEquals(event.revision, batch.revision);
    lines.push(`${batch.revision} ${batch.events.map(brief).join(", ")}`);
    if (until(batch)) break;
  }
  return lines;
}

function brief({ key, value }: { readonly key: string; readonly value: string | null }): string {
  if (value === null) return `DELETE ${key}`;
  return `PUT ${key} ${value.length > 40 ? `${value.slice(0, 20)}… ${value.length}` : value}`;
}

interface JsonEvent {
  readonly type?: number;
  readonly kv: { readonly key: string; readonly value?: string; readonly mod_revision: number };
}

/** All that happened up to a revision, as etcdctl tells it afterwards. */
export async function truth(target: EtcdctlTarget, prefix: string, last: bigint): Promise<Line[]> {
  await using etcdctl = await startEtcdctl(target, ["watch", "--rev=1", "--prefix", prefix, "-w", "json"]);
  const revisions = new Map<number, string[]>();
  for await (const line of etcdctl.lines) {
    if (line === "") continue;
    const events: JsonEvent[] = JSON.parse(line).Events ?? [];
    for (const { type, kv } of events) {
      const event = { key: text(kv.key), value: type === 1 ? null : text(kv.value ?? "") };
      const known = revisions.get(kv.mod_revision);
      if (known) known.push(brief(event));
      else revisions.set(kv.mod_revision, [brief(event)]);
    }
    if (events.some(({ kv }) => BigInt(kv.mod_revision) >= last)) break;
  }
  return [...revisions].map(([revision, events]) => `${revision} ${events.join(", ")}`);
}

function text(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
}

/** One of etcd's gauges. */
export async function gauge(server: EtcdServer, name: string): Promise<number> {
  const line = (await server.metrics()).split("\n").find((line) => line.startsWith(`${name} `));
  return Number(line?.split(" ")[1]);
}

/** Waits until a gauge has a value. */
export async function gaugeReaches(server: EtcdServer, name: string, value: number): Promise<void> {
  while (await gauge(server, name) !== value) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Whether requested progress can be believed: `v3rpc/watch.go` since 3.4.25 and 3.5.8. */
export function tellsProgress({ version }: EtcdServer): boolean {
  const [major, minor, patch] = version.split(".").map(Number);
  return major > 3 || minor > 5 || (minor === 5 && patch >= 8) || (minor === 4 && patch >= 25);
}
