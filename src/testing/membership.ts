/**
 * Members that come and go while their cluster runs.
 *
 * @module
 */

import { delay } from "./delay.ts";
import { call, gatewayOf } from "./gateway.ts";
import { leaderOf } from "./leader.ts";
import { type Member, openMember, startMember } from "./member.ts";
import { planMember } from "./plan.ts";

/** Milliseconds between two tries. */
const RETRY = 500;

/**
 * Adds a member to a running cluster and starts it.
 *
 * @param members Those that are there.
 * @param index Of the new one, counted from 0 over all that ever were.
 * @param isLearner Whether it only follows, without a vote.
 */
export async function addMember(
  members: readonly Member[],
  index: number,
  isLearner: boolean,
): Promise<Member> {
  const { setup } = members[0];
  const plan = await planMember(index, setup);
  await ask(members, "cluster/member/add", { peerURLs: [plan.advertisedPeerUrl], isLearner });
  const plans = [...members.map((member) => member.plan), plan];
  const member = await openMember(plan, { plans, state: "existing", token: crypto.randomUUID() }, setup);
  try {
    await startMember(member);
    return member;
  } catch (error) {
    await member.keeper.close();
    throw error;
  }
}

/** Takes a member out of its cluster, and waits until its process has noticed and ended by itself. */
export async function removeMember(members: readonly Member[], member: Member): Promise<void> {
  const list = await ask(members, "cluster/member/list", {}) as { members: MemberJson[] };
  const found = list.members.find(({ peerURLs }) => peerURLs.includes(member.plan.advertisedPeerUrl));
  if (!found) throw new Error(`Cannot remove ${member.plan.name}: not in the cluster's list of members`);
  await ask(members, "cluster/member/remove", { ID: found.ID });
  await member.keeper.ended();
}

/** What the gateway says of a member. */
interface MemberJson {
  /** A 64-bit number as text. */
  readonly ID: string;
  readonly peerURLs: readonly string[];
}

/**
 * Refusals that pass. In its first 5 s together a cluster refuses changes: it is not sure that all members are
 * connected. The others come with an election.
 */
const PASSING = /unhealthy cluster|server stopped|timed out|leader changed|no leader/;

/**
 * Asks the leader, until it answers. One may stop, or lose its office, before it does: the next one may find that all
 * is done, and then there is no answer.
 */
async function ask(members: readonly Member[], path: string, request: object): Promise<unknown> {
  for (let unanswered = false;;) {
    try {
      return await call(gatewayOf(await leaderOf(members)), path, request);
    } catch (error) {
      const text = String(error);
      if (unanswered && /member not found|already exist/i.test(text)) return;
      unanswered ||= /server stopped|timed out|leader changed/.test(text);
      if (!PASSING.test(text)) throw error;
    }
    await delay(RETRY);
  }
}
