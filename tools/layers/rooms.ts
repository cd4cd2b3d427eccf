/**
 * The rooms of the library, from left to right, and what their order says of a graph of imports.
 * @module
 */

import type { ImportGraph } from "./graph.ts";

/** A part of the library, and who may see what of it. */
export interface Room {
  readonly name: string;
  /** Files, and folders with a slash at their end; the first room that holds a file has it. */
  readonly holds: readonly string[];
  /** The only rooms that it may import, where that is not every room to its left. */
  readonly imports?: readonly string[];
  /** The only rooms that may import it, where that is not every room to its right. */
  readonly importers?: readonly string[];
}

/** From left to right; a file imports from its own room and from those before it. */
export const ROOMS: readonly Room[] = [
  { name: "sockets", holds: ["src/socket.ts"] },
  {
    name: "foundation",
    holds: [
      "src/bytes.ts",
      "src/codec.ts",
      "src/credentials.ts",
      "src/decode_error.ts",
      "src/endpoint.ts",
      "src/error_brand.ts",
      "src/errors.ts",
      "src/etcd_status.ts",
      "src/keys.ts",
      "src/options.ts",
      "src/plain.ts",
      "src/schema.ts",
      "src/status_error.ts",
      "src/timing.ts",
    ],
  },
  { name: "generated", holds: ["proto/gen/"], importers: ["rpc", "services"] },
  { name: "net", holds: ["src/transport/net/"], imports: ["sockets"] },
  { name: "http2", holds: ["src/transport/http2/"], imports: ["sockets"] },
  { name: "transport", holds: ["src/transport/"] },
  { name: "rpc", holds: ["src/rpc/"] },
  {
    name: "services",
    holds: [
      "src/auth.ts",
      "src/auth/",
      "src/cleanup.ts",
      "src/cluster.ts",
      "src/compare.ts",
      "src/entries.ts",
      "src/key_value.ts",
      "src/kv.ts",
      "src/kv/",
      "src/lease.ts",
      "src/lease/",
      "src/maintenance.ts",
      "src/maintenance/",
      "src/resources.ts",
      "src/scope.ts",
      "src/txn.ts",
      "src/txn/",
      "src/watch.ts",
      "src/watch/",
    ],
  },
  {
    name: "recipes",
    holds: [
      "src/election.ts",
      "src/election/",
      "src/lock.ts",
      "src/lock/",
      "src/ownership.ts",
      "src/recipes/",
      "src/session.ts",
      "src/session/",
    ],
  },
  { name: "mirror", holds: ["src/mirror.ts", "src/mirror/"] },
  { name: "connected", holds: ["src/connected.ts"] },
  { name: "communicator", holds: ["src/communicator.ts"] },
  { name: "client", holds: ["src/client.ts"] },
  { name: "entry", holds: ["mod.ts"] },
  { name: "testing", holds: ["src/testing/"] },
];

/** The imports of a graph that the rooms do not allow, one line each. */
export function forbidden(graph: ImportGraph, rooms: readonly Room[] = ROOMS): string[] {
  const found: string[] = [];
  for (const [file, imports] of graph) {
    const room = roomOf(file, rooms);
    if (room === undefined) {
      found.push(`${file} is in no room: give it one in tools/layers/rooms.ts`);
      continue;
    }
    for (const imported of imports) {
      const other = roomOf(imported, rooms);
      if (other !== undefined && !allowed(room, other, rooms)) {
        found.push(`${file} (${room.name}) imports ${imported} (${other.name})`);
      }
    }
  }
  return found;
}

function roomOf(file: string, rooms: readonly Room[]): Room | undefined {
  return rooms.find(({ holds }) =>
    holds.some((one) => one.endsWith("/") ? file.startsWith(one) : file === one)
  );
}

function allowed(room: Room, imported: Room, rooms: readonly Room[]): boolean {
  if (room === imported) return true;
  return rooms.indexOf(imported) < rooms.indexOf(room) &&
    (room.imports?.includes(imported.name) ?? true) &&
    (imported.importers?.includes(room.name) ?? true);
}
