/**
 * Starting all members of a new cluster.
 *
 * @module
 */

import { delay } from "./delay.ts";
import { enableAuth, type Gateway, gatewayOf, isAuthEnabled } from "./gateway.ts";
import { type Member, openMember, startMember } from "./member.ts";
import type { EtcdClusterOptions } from "./options.ts";
import { type Entry, planMember } from "./plan.ts";
import { prepare, type Setup } from "./setup.ts";

/** Other processes may take a port between its choice and its use. */
const ATTEMPTS = 3;

/**
 * Starts the members of a new cluster; all of them serve, or nothing is left.
 *
 * @throws {Error} With what the member that failed logged.
 * @throws The signal's reason.
 */
export async function launch(options: EtcdClusterOptions, size: number): Promise<Member[]> {
  options.signal?.throwIfAborted();
  const setup = await prepare(options);
  for (let attempt = 1;; attempt++) {
    try {
      return await launchOnce(setup, size, options.signal);
    } catch (error) {
      if (attempt === ATTEMPTS || !/address already in use/.test(String(error))) throw error;
    }
  }
}

async function launchOnce(setup: Setup, size: number, signal?: AbortSignal): Promise<Member[]> {
  const plans = await Promise.all(Array.from({ length: size }, (_, index) => planMember(index, setup)));
  const entry: Entry = { plans, state: "new", token: crypto.randomUUID() };
  const members: Member[] = [];
  const starts: Promise<void>[] = [];
  try {
    for (const plan of plans) members.push(await openMember(plan, entry, setup));
    for (const member of members) starts.push(startMember(member, signal));
    await Promise.all(starts);
    await setUpAuth(members, signal);
    return members;
  } catch (error) {
    await Promise.all(members.map(({ keeper }) => keeper.close()));
    await Promise.allSettled(starts);
    throw error;
  }
}

async function setUpAuth(members: readonly Member[], signal?: AbortSignal): Promise<void> {
  const password = members[0].setup.rootPassword;
  if (password === undefined) return;
  const [first, ...others] = members.map((member) => gatewayOf(member, signal));
  await enableAuth({ ...first, rootPassword: undefined }, password);
  await Promise.all(others.map(untilAuthEnabled));
}

/** The other members learn of it a little later. */
async function untilAuthEnabled(gateway: Gateway): Promise<void> {
  while (!await isAuthEnabled(gateway)) await delay(10, gateway.signal);
}
