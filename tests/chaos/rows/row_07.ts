/**
 * A response is cut at every byte, and then bits all over it are changed.
 *
 * @module
 */

import { EtcdClient, type EtcdClientOptions, EtcdError } from "../../../mod.ts";
import { flipEverywhere } from "../rig/flips.ts";
import type { Cut } from "../rig/proxy/direction.ts";
import { FrameSplitter, HEADERS } from "../rig/proxy/frames.ts";
import type { Link } from "../rig/proxy/link.ts";
import type { TcpProxy } from "../rig/proxy/proxy.ts";
import type { Row } from "../rig/trial/row.ts";

/** What ends a stream (RFC 9113 section 6.2): the trailers of a response have it. */
const END_STREAM = 1;
/** Bytes that a server may send after a response over TLS, where no frame can be seen: window updates, pings, records. */
const BESIDE = 100;

/** What is read: two keys, so that a short answer could look like one. */
const EXPECTED = JSON.stringify([["k/a", "a".repeat(40)], ["k/b", "b".repeat(40)]]);

export const row: Row = {
  number: 7,
  title: "cut a recorded response at every byte",
  promise: "never OK, never short: wrong = 0",
  async run(trial) {
    const server = await trial.server();
    const direct = await trial.connect(server.endpoint, server.clientOptions);
    for (const [key, value] of JSON.parse(EXPECTED)) await direct.put(key, value);
    const proxy = await trial.proxy(server);
    const options: EtcdClientOptions = { ...server.clientOptions, retry: false };
    const { received: length, answer } = await attempt(proxy, options, undefined);
    if (answer !== EXPECTED) throw new Error(`Uncut, the answer is ${answer}`);
    const wrong: string[] = [];
    let [whole, failed] = [0, 0];
    const cuts = (["end", "reset"] as const).flatMap((how) =>
      Array.from({ length: length + 1 }, (_, at): [number, Cut] => [at, how])
    );
    await trial.repeat(cuts.length, async (i) => {
      const [at, how] = cuts[i];
      const { answer, ended } = await attempt(proxy, options, { at, how });
      if (answer === undefined) failed++;
      else whole++;
      const complete = trial.tls ? at >= length - BESIDE : ended;
      const right = answer === undefined || (answer === EXPECTED && complete);
      if (!right) wrong.push(`${how} after ${at} of ${length} bytes: ${answer}`);
    });
    trial.note("bytes of the response", length);
    trial.note("cuts that failed the call", failed);
    trial.note("cuts after the last byte that counts", whole);
    trial.figure("wrong", wrong.length, 0, "", wrong.slice(0, 5).join("; "));
    await flipEverywhere(trial, server, { length, expected: EXPECTED });
  },
};

/** What a call came to. */
interface Attempt {
  /** As JSON; undefined where it failed. */
  readonly answer: string | undefined;
  /** Bytes of the response. */
  readonly received: number;
  /** Whether the trailers of the response were handed on, all of them; in plaintext. */
  readonly ended: boolean;
}

/** One call on a connection of its own, cut after so many bytes of the response. */
async function attempt(
  proxy: TcpProxy,
  options: EtcdClientOptions,
  cut: { readonly at: number; readonly how: Cut } | undefined,
): Promise<Attempt> {
  await using client = new EtcdClient(proxy.address, options);
  await using c = await client.connect();
  const link = proxy.links.at(-1)!;
  const before = link.toClient.forwarded;
  const ending = endings(link);
  if (cut !== undefined) link.toClient.cutAfter(cut.at, cut.how);
  const received = () => link.toClient.forwarded - before;
  try {
    const { kvs } = await c.range({ prefix: "k/" });
    const answer = JSON.stringify(kvs.map(({ key, value }) => [key, value]));
    return { answer, received: received(), ended: ending.seen };
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    return { answer: undefined, received: received(), ended: ending.seen };
  }
}

/** Looks for the end of a response in what is handed on from now on, which begins with a frame. */
function endings({ toClient }: Link): { readonly seen: boolean } {
  const [frames, ending] = [new FrameSplitter(0), { seen: false }];
  toClient.onForward = (bytes) => {
    for (const { type, bytes: frame } of frames.push(bytes)) {
      if (type === HEADERS && (frame[4] & END_STREAM) !== 0) ending.seen = true;
    }
  };
  return ending;
}
