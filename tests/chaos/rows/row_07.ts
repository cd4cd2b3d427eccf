/**
 * A response is cut at every byte.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { EtcdClient, type EtcdClientOptions, EtcdError } from "../../../mod.ts";
import type { Cut } from "../rig/proxy/direction.ts";
import type { TcpProxy } from "../rig/proxy/proxy.ts";
import type { Row } from "../rig/trial/row.ts";

/** Bytes that a server may send beside a response: window updates, pings, what TLS adds to them. */
const BESIDE = 100;

/** What is read: two keys, so that a short answer could look like one. */
const EXPECTED = [["k/a", "a".repeat(40)], ["k/b", "b".repeat(40)]];

export const row: Row = {
  number: 7,
  title: "cut a recorded response at every byte",
  promise: "never OK, never short: wrong = 0",
  async run(trial) {
    const server = await trial.server();
    const direct = await trial.connect(server.endpoint, server.clientOptions);
    for (const [key, value] of EXPECTED) await direct.put(key, value);
    const proxy = await trial.proxy(server);
    const options: EtcdClientOptions = { ...server.clientOptions, retry: false };
    const length = (await attempt(proxy, options, undefined)).received;
    let [whole, failed] = [0, 0];
    const cuts = (["end", "reset"] as const).flatMap((how) =>
      Array.from({ length: length + 1 }, (_, at): [number, Cut] => [at, how])
    );
    await trial.repeat(cuts.length, async (i) => {
      const [at, how] = cuts[i];
      const { answer } = await attempt(proxy, options, { at, how });
      if (answer === undefined) failed++;
      else {
        assertEquals(answer, EXPECTED, `${how} after ${at} of ${length} bytes`);
        whole++;
        if (at < length - BESIDE) trial.figure(`OK after ${at} of ${length} bytes`, 1, 0);
      }
    });
    trial.note("bytes of the response", length);
    trial.note("cuts that failed the call", failed);
    trial.note("cuts after the last byte that counts", whole);
    trial.figure("wrong", 0, 0);
  },
};

/** One call on a connection of its own, cut after so many bytes of the response. */
async function attempt(
  proxy: TcpProxy,
  options: EtcdClientOptions,
  cut: { readonly at: number; readonly how: Cut } | undefined,
): Promise<{ readonly answer: string[][] | undefined; readonly received: number }> {
  await using client = new EtcdClient(proxy.address, options);
  await using c = await client.connect();
  const link = proxy.links.at(-1)!;
  const before = link.toClient.forwarded;
  if (cut !== undefined) link.toClient.cutAfter(cut.at, cut.how);
  try {
    const { kvs } = await c.range({ prefix: "k/" });
    return { answer: kvs.map(({ key, value }) => [key, value]), received: link.toClient.forwarded - before };
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    return { answer: undefined, received: 0 };
  }
}
