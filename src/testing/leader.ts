/**
 * Who leads a cluster.
 *
 * @module
 */

import { delay } from "./delay.ts";
import { isLeader, type Member } from "./member.ts";

/** Milliseconds between two looks. */
const LOOK = 50;

/** Waits until exactly one of the members that answer says that it leads. */
export async function leaderOf(members: readonly Member[], signal?: AbortSignal): Promise<Member> {
  for (;;) {
    const leads = await Promise.all(members.map(isLeader));
    const leaders = members.filter((_, index) => leads[index]);
    if (leaders.length === 1) return leaders[0];
    await delay(LOOK, signal);
  }
}
