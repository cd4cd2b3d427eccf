/**
 * What one member of a cluster is started with.
 *
 * @module
 */

import { join } from "node:path";
import { certificateFiles } from "./certificate_files.ts";
import { freePorts } from "./process/ports.ts";
import type { Setup } from "./setup.ts";
import { atLeast } from "./versions.ts";

/** Who a member is, and where it listens. */
export interface Plan {
  /** Its name in the cluster. */
  readonly name: string;
  /** For clients. */
  readonly clientUrl: string;
  /** For the other members. */
  readonly peerUrl: string;
  /** What the other members are told of it. */
  readonly advertisedPeerUrl: string;
  /** Plaintext, for /health and /metrics. */
  readonly metricsUrl: string;
}

/** How a member gets into its cluster. */
export interface Entry {
  /** The plans of all members, its own included. */
  readonly plans: readonly Plan[];
  /** Whether the cluster is there already. */
  readonly state: "new" | "existing";
  /** Keeps clusters apart that use the same ports one after the other. */
  readonly token: string;
}

/**
 * Finds a member its ports.
 *
 * @param index Which member, counted from 0.
 */
export async function planMember(index: number, setup: Setup): Promise<Plan> {
  const [client, peer, metrics] = await freePorts(3);
  const peerUrl = `http://127.0.0.1:${peer}`;
  return {
    name: `etcd${index}`,
    clientUrl: `${setup.tls ? "https" : "http"}://127.0.0.1:${client}`,
    peerUrl,
    advertisedPeerUrl: await setup.advertisePeer(peerUrl, index),
    metricsUrl: `http://127.0.0.1:${metrics}`,
  };
}

/** Where a member keeps its data, in its own directory. */
export function dataDirectory(directory: string): string {
  return join(directory, "data");
}

/** The command line of a member. */
export function flags(directory: string, plan: Plan, entry: Entry, setup: Setup): string[] {
  return [
    ...identityFlags(directory, plan, entry),
    `--listen-client-urls=${plan.clientUrl}`,
    `--advertise-client-urls=${plan.clientUrl}`,
    `--listen-peer-urls=${plan.peerUrl}`,
    `--initial-cluster-state=${entry.state}`,
    `--listen-metrics-urls=${plan.metricsUrl}`,
    ...speedFlags(setup.binary.version),
    ...tlsFlags(directory, setup),
    ...setup.args,
  ];
}

/** Who a member is, to etcd and to what restores its data. */
export function identityFlags(directory: string, plan: Plan, { plans, token }: Entry): string[] {
  const members = plans.map(({ name, advertisedPeerUrl }) => `${name}=${advertisedPeerUrl}`);
  return [
    `--name=${plan.name}`,
    `--data-dir=${dataDirectory(directory)}`,
    `--initial-advertise-peer-urls=${plan.advertisedPeerUrl}`,
    `--initial-cluster=${members.join(",")}`,
    `--initial-cluster-token=${token}`,
  ];
}

/** Without waiting for the disk, what was written still outlives a killed etcd, though not a failed machine. */
function speedFlags(version: string): string[] {
  return atLeast(version, 5) ? ["--unsafe-no-fsync"] : [];
}

function tlsFlags(directory: string, { tls }: Setup): string[] {
  if (!tls) return [];
  const { ca, cert, key } = certificateFiles(directory);
  const server = [`--cert-file=${cert}`, `--key-file=${key}`];
  return tls.client ? [...server, "--client-cert-auth", `--trusted-ca-file=${ca}`] : server;
}
