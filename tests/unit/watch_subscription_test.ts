import { assertEquals } from "@std/assert";
import { WatchResponse } from "../../proto/gen/watch.ts";
import type { EventGroup } from "../../src/watch/assembler.ts";
import { decodeWatchMessage, type WatchMessage } from "../../src/watch/message.ts";
import { Subscription } from "../../src/watch/subscription.ts";
import { test } from "../harness.ts";

const BYTES = new Uint8Array([1]);

/** A response with changes of one key each, all of one revision. */
function message(revision: bigint, keys: readonly number[], fragment = false): WatchMessage {
  const events = keys.map((key) => ({
    type: 0 as const,
    kv: {
      key: new Uint8Array([key]),
      value: BYTES,
      createRevision: revision,
      modRevision: revision,
      version: 1n,
      lease: 0n,
    },
    prevKv: undefined,
  }));
  const header = { clusterId: 1n, memberId: 1n, revision, raftTerm: 1n };
  return decodeWatchMessage(
    WatchResponse.encode({
      header,
      watchId: 1n,
      created: false,
      canceled: false,
      compactRevision: 0n,
      cancelReason: "",
      fragment,
      events,
    }).finish(),
  );
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
  subscription.created(message(4n, []));
  subscription.received(message(5n, [1], true));
  subscription.lost(true);
  subscription.received(message(5n, [2], true));
  subscription.received(message(5n, [3]));
  assertEquals(subscription.bookmark.next, 5n);
  subscription.created(message(5n, []));
  subscription.received(message(5n, [1], true));
  subscription.received(message(5n, [2], true));
  subscription.received(message(5n, [3]));
  assertEquals(subscription.bookmark.next, 6n);
  const [whole, ...more] = [subscription.buffer.shift(), subscription.buffer.shift()];
  assertEquals([(whole as EventGroup).events.map(({ kv }) => kv?.key[0]), more], [[1, 2, 3], [undefined]]);
});
