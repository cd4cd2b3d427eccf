/**
 * One member: its process, and whether it is ready.
 *
 * @module
 */

import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeCertificates } from "./certificate_files.ts";
import { delay } from "./delay.ts";
import { goArchitecture, temporaryFolder } from "./environment.ts";
import { http } from "./http.ts";
import { logSize, readLog, telling } from "./log.ts";
import { type Entry, flags, type Plan } from "./plan.ts";
import { Keeper } from "./process/keeper.ts";
import type { Setup } from "./setup.ts";
import { atLeast } from "./versions.ts";

/** Milliseconds from the start of a process until it is healthy: much, for machines that are busy. */
const START_TIMEOUT = 60_000;

/** Milliseconds between two looks. */
const LOOK = 25;

/** An alarm makes a member unhealthy, but it serves; etcd 3.4 does not know the parameters. */
const HEALTH = "/health?exclude=NOSPACE&exclude=CORRUPT";

/** A member, and the process that is or was it. */
export interface Member {
  readonly plan: Plan;
  readonly entry: Entry;
  readonly setup: Setup;
  /** Of its own; holds everything it writes, and goes with the keeper. */
  readonly directory: string;
  readonly keeper: Keeper;
}

/** Makes a member ready to start. */
export async function openMember(plan: Plan, entry: Entry, setup: Setup): Promise<Member> {
  const directory = await mkdtemp(join(temporaryFolder(), "etcetra-etcd-"));
  try {
    const { tls, binary } = setup;
    if (tls) await writeCertificates(directory, { ...tls, ca: tls.ca.cert });
    const command = [binary.path, ...flags(directory, plan, entry, setup)];
    const keeper = await Keeper.open(directory, command, environment(binary.version));
    return { plan, entry, setup, directory, keeper };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** etcd 3.4 refuses to run on what it calls an unsupported architecture unless it is named. */
function environment(version: string): Record<string, string> {
  return atLeast(version, 5) ? {} : { ETCD_UNSUPPORTED_ARCH: goArchitecture() };
}

/**
 * Starts a member and waits until it serves, for which most of the members have to be up.
 *
 * @throws {Error} With what it logged, if it exits or does not get there.
 * @throws The signal's reason.
 */
export async function startMember(member: Member, signal?: AbortSignal): Promise<void> {
  const { keeper, plan, setup, directory } = member;
  const logged = await logSize(directory);
  const failure = async (what: string) =>
    new Error(
      `Cannot start etcd ${setup.binary.version}: ${what}\n${telling(await readLog(directory, logged))}`,
    );
  const run = await keeper.start();
  const deadline = Date.now() + START_TIMEOUT;
  while (!await isHealthy(plan.metricsUrl, signal)) {
    if (keeper.run !== run) throw await failure(`it exited with status ${await run.exited}`);
    if (Date.now() > deadline) throw await failure(`not healthy after ${START_TIMEOUT} ms`);
    await delay(LOOK, signal);
  }
}

async function isHealthy(metricsUrl: string, signal?: AbortSignal): Promise<boolean> {
  try {
    return (await http(metricsUrl + HEALTH, { signal, timeout: 2_000 })).status === 200;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}

/** Whether a member says that it leads; false if it does not answer. */
export async function isLeader({ plan }: Member): Promise<boolean> {
  try {
    const { text } = await http(`${plan.metricsUrl}/metrics`, { timeout: 2_000 });
    return /^etcd_server_is_leader 1$/m.test(text);
  } catch {
    return false;
  }
}
