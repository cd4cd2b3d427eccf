/**
 * The faults of a soak. Each is injected, lasts for a moment, and is over when its promise resolves.
 *
 * @module
 */

import { etcdctl, type EtcdServer } from "../../../src/testing/mod.ts";
import type { Random } from "../rig/random.ts";
import { signal } from "../rig/suspend.ts";
import { pause } from "../rig/trial/trial.ts";
import type { World } from "./world.ts";

/** A kind of fault. */
export interface Fault {
  readonly name: string;
  inject(world: World, random: Random): Promise<void>;
}

/** Milliseconds that faults last which hinder calls. */
const SHORT = [500, 3_000] as const;
/** Milliseconds that faults last that a client has to notice by itself. */
const LONG = [1_000, 8_000] as const;

const onServers: readonly Fault[] = [
  {
    name: "kill -9, restart",
    async inject({ cluster }, random) {
      const server = random.pick(cluster.servers);
      await server.kill();
      await pause(random.between(...SHORT));
      await server.restart();
    },
  },
  {
    name: "kill -9 leader",
    async inject({ cluster }, random) {
      const leader = await cluster.leader();
      await leader.kill();
      await pause(random.between(...SHORT));
      await leader.restart();
    },
  },
  {
    name: "kill -9 two, restart",
    async inject({ cluster }, random) {
      const spared = random.pick(cluster.servers);
      const victims = cluster.servers.filter((server) => server !== spared);
      await Promise.all(victims.map((server) => server.kill()));
      await pause(random.between(...SHORT));
      await Promise.all(victims.map((server) => server.restart()));
    },
  },
  {
    name: "SIGTERM, restart",
    async inject({ cluster }, random) {
      const server = random.pick(cluster.servers);
      await server.stop();
      await server.restart();
    },
  },
  {
    name: "SIGSTOP a member",
    async inject({ cluster }, random) {
      await paused(random.pick(cluster.servers), random.between(...LONG));
    },
  },
  {
    name: "SIGSTOP the leader",
    async inject({ cluster }, random) {
      await paused(await cluster.leader(), random.between(...LONG));
    },
  },
  {
    name: "isolate a member",
    async inject({ cluster, peers }, random) {
      peers.isolate(cluster, random.pick(cluster.servers));
      await pause(random.between(...LONG));
      peers.heal();
    },
  },
  {
    name: "isolate the leader",
    async inject({ cluster, peers }, random) {
      peers.isolate(cluster, await cluster.leader());
      await pause(random.between(...LONG));
      peers.heal();
    },
  },
  {
    name: "change users",
    async inject({ cluster }) {
      await etcdctl(cluster, ["user", "add", "somebody:else"]);
      await etcdctl(cluster, ["user", "delete", "somebody"]);
    },
  },
];

const onConnections: readonly Fault[] = [
  {
    name: "reset connections",
    inject({ proxies }, random) {
      return onSome(proxies, random, (proxy) => proxy.cut("reset"));
    },
  },
  {
    name: "end connections",
    inject({ proxies }, random) {
      return onSome(proxies, random, (proxy) => proxy.cut("end"));
    },
  },
  {
    name: "cut at a byte",
    inject({ proxies }, random) {
      return onSome(proxies, random, ({ links }) => {
        for (const { toClient, toServer } of links) {
          random.pick([toClient, toServer]).cutAfter(random.below(50_000), random.pick(["end", "reset"]));
        }
      });
    },
  },
  {
    name: "half-close",
    inject({ proxies }, random) {
      return onSome(proxies, random, ({ links }) => {
        for (const link of links) link.halfClose(random.pick(["toClient", "toServer"]));
      });
    },
  },
  {
    name: "delay",
    async inject({ proxies }, random) {
      for (const proxy of proxies) proxy.delay(random.between(5, 150));
      await pause(random.between(...LONG));
      for (const proxy of proxies) proxy.heal();
    },
  },
  ...(["blackhole", "withhold", "pause"] as const).map((name): Fault => ({
    name: name === "pause" ? "hold both ways" : name === "withhold" ? "hold answers" : name,
    async inject({ proxies }, random) {
      const proxy = random.pick(proxies);
      proxy[name]();
      await pause(random.between(...LONG));
      proxy.heal();
    },
  })),
  {
    name: "refuse connections",
    async inject({ proxies }, random) {
      const proxy = random.pick(proxies);
      proxy.refuse(true);
      proxy.cut();
      await pause(random.between(...LONG));
      proxy.heal();
    },
  },
  {
    name: "swap certificates",
    async inject(world) {
      await world.swapCertificates();
      for (const proxy of world.proxies) proxy.cut("reset");
    },
  },
  {
    name: "SIGSTOP the client",
    async inject({ client }, random) {
      if (client === undefined) return;
      await signal(client, "STOP");
      await pause(random.between(...LONG));
      await signal(client, "CONT");
    },
  },
];

/** All kinds. */
export const FAULTS: readonly Fault[] = [...onServers, ...onConnections];

async function paused(server: EtcdServer, milliseconds: number): Promise<void> {
  await server.pause();
  await pause(milliseconds);
  await server.resume();
}

function onSome<T>(all: readonly T[], random: Random, act: (one: T) => void): Promise<void> {
  const one = random.pick(all);
  for (const each of random.chance(0.3) ? all : [one]) act(each);
  return Promise.resolve();
}
