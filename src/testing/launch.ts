/**
 * Starting all members of a new cluster.
 *
 * @module
 */

import { delay } from "./delay.ts";
import { call, enableAuth, type Gateway } from "./gateway.ts";
import { type Member, openMember, startMember } from "./member.ts";
import type { EtcdClusterOptions } from "./options.ts";
import { type Entry, planMember } from "./plan.ts";
import { prepare, type Setup } from "./setup.ts";

/** Other processes may take a port between its choice and its use. */
const ATTEMPTS = 3;

/**
 * Starts the members of a new cluster; all of them serve, or nothing is left.
 *
 * @throws {Error} With the end of the log of a member that failed.
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
  const [first, ...others] = members;
  const password = first.setup.rootPassword;
  if (password === undefined) return;
  await enableAuth(gatewayOf(first, signal), password);
  for (const member of others) await untilAuthEnabled(gatewayOf(member, signal), password);
}

/** The other members learn of it a little later. */
async function untilAuthEnabled(gateway: Gateway, password: string): Promise<void> {
  for (;;) {
    try {
      await call(gateway, "auth/authenticate", { name: "root", password });
      return;
    } catch (error) {
      if (!/authentication is not enabled/.test(String(error))) throw error;
    }
    await delay(10, gateway.signal);
  }
}

/** The way to call methods of a member. */
export function gatewayOf({ plan, setup }: Member, signal?: AbortSignal): Gateway {
  return { url: plan.clientUrl, tls: setup.identity, signal };
}
