import { assertEquals } from "@std/assert";
import { WatchResponse } from "../../proto/gen/watch.ts";
import { showText } from "../../src/bytes.ts";
import type { EventGroup } from "../../src/watch/assembler.ts";
import { decodeWatchMessage, type WatchMessage } from "../../src/watch/message.ts";
import { Subscription } from "../../src/watch/subscription.ts";
import { test } from "../harness.ts";
import { put, response } from "./watch_script.ts";

const BYTES = new Uint8Array([1]);

/** A response with changes of the keys, all of one revision. */
function message(revision: bigint, keys: string, fragment = false): WatchMessage {
  const events = Array.from(keys, (key) => put(key, "", revision));
  return decodeWatchMessage(WatchResponse.encode(response({ revision, events, fragment })).finish());
}

test("what still comes of a stream that was lost is not taken for a part of what comes on the next", () => {
  const home = { clusterChanges: 0, place: () => {}, release: () => {}, resumed: () => {} };
  const owner = { ready: () => {}, arrived: () => {}, failed: () => {}, closed: () => {} };
  const plan = {
    key: BYTES,
    rangeEnd: BYTES,
    startRevision: 5n,
    prevKv: false,
    filters: [],
    maxBufferedBytes: 1_000,
    onOverflow: "pause",
  } as const;
  const subscription = new Subscription(plan, home, owner);
  subscription.created(message(4n, ""));
  subscription.received(message(5n, "a", true));
  subscription.lost(true);
  subscription.received(message(5n, "b", true));
  subscription.received(message(5n, "c"));
  assertEquals(subscription.bookmark.next, 5n);
  subscription.created(message(5n, ""));
  subscription.received(message(5n, "a", true));
  subscription.received(message(5n, "b", true));
  subscription.received(message(5n, "c"));
  assertEquals(subscription.bookmark.next, 6n);
  const [whole, ...more] = [subscription.buffer.shift(), subscription.buffer.shift()];
  assertEquals([(whole as EventGroup).events.map(({ kv }) => showText(kv!.key)), more], [["a", "b", "c"], [
    undefined,
  ]]);
});
