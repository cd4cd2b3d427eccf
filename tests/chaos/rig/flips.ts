/**
 * A response of which one bit is flipped on its way, at one place after the other.
 *
 * TLS notices any change. In plaintext nothing but TCP's checksum guards what is carried, so that a change within a
 * message may reach the caller: as another key, value or number, or as a message that lacks something. A change
 * elsewhere, in frames, headers or trailers, must not change an answer.
 *
 * @module
 */

import { assert } from "@std/assert";
import { EtcdClient, type EtcdClientOptions, type EtcdCommunicator } from "../../../mod.ts";
import type { EtcdServer } from "../../../src/testing/mod.ts";
import { insist } from "./load/insist.ts";
import { DATA, FrameSplitter } from "./proxy/frames.ts";
import type { Link } from "./proxy/link.ts";
import type { TcpProxy } from "./proxy/proxy.ts";
import type { Trial } from "./trial/trial.ts";

/** Milliseconds for calls that may wait in vain, for bytes that a changed length promises. */
const IN_VAIN = 300;
/** Milliseconds for a call that nothing disturbs. */
const UNDISTURBED = 10_000;
/** Flips that are tried side by side. */
const WORKERS = 6;
/** Bytes of the header of a frame, and of the prefix of a gRPC message in it. */
const BEFORE_MESSAGE = 9 + 5;

/** What is to be changed: the byte after so many of the response, and which bits. */
interface Flip {
  readonly at: number;
  readonly mask: number;
}

/** What became of a call. */
type Outcome = "failed" | "unharmed" | "changed within a message" | "changed elsewhere" | "not reached";

/** How the response looks that nobody changes. */
export interface Pattern {
  /** Bytes. */
  readonly length: number;
  /** As JSON. */
  readonly expected: string;
}

/** Flips bits all over the response to a range, and holds the client to what can be promised then. */
export async function flipEverywhere(trial: Trial, server: EtcdServer, pattern: Pattern): Promise<void> {
  const flips = flipsOf(trial, pattern.length);
  const counts = new Map<Outcome, number>();
  const wrong: string[] = [];
  const rest = flips.values();
  await Promise.all(Array.from({ length: WORKERS }, async () => {
    const proxy = await trial.proxy(server);
    for (const flip of rest) {
      const { outcome, answer } = await attempt(trial, proxy, server.clientOptions, { flip, pattern });
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      const right = outcome !== "changed elsewhere" && !(trial.tls && outcome === "changed within a message");
      if (!right) wrong.push(`byte ${flip.at} of ${pattern.length}, bits ${flip.mask}: ${answer}`);
    }
  }));
  trial.note("flips", flips.length);
  for (const [outcome, count] of [...counts].sort()) trial.note(`answers ${outcome}`, count);
  trial.figure("wrong after a flip", wrong.length, 0, "", wrong.slice(0, 5).join("; "));
  // In plaintext there are flips that nothing notices, and some that only the caller can.
  const seen: Outcome = trial.tls ? "failed" : "changed within a message";
  assert(counts.has(seen), `no answer ${seen}: nothing was flipped`);
}

/** A random bit of every byte; of every few bytes in the short form. */
function flipsOf({ long, random, tls }: Trial, length: number): Flip[] {
  const step = long ? 1 : tls ? 5 : 3;
  const first = random.below(step);
  const count = Math.ceil((length - first) / step);
  return Array.from({ length: count }, (_, i) => ({ at: first + i * step, mask: 1 << random.below(8) }));
}

/** A call on a connection of its own, whose response is changed, and others after it. */
async function attempt(
  trial: Trial,
  proxy: TcpProxy,
  options: EtcdClientOptions,
  { flip, pattern: { expected } }: { readonly flip: Flip; readonly pattern: Pattern },
): Promise<{ readonly outcome: Outcome; readonly answer?: string }> {
  await using client = new EtcdClient(proxy.address, { ...options, retry: false });
  await using c = await client.connect();
  const link = proxy.links.at(-1)!;
  const place = placeOf(link, flip);
  link.toClient.flipAfter(flip.at, flip.mask);
  const answer = await read(trial, c, IN_VAIN).catch(() => undefined);
  const { reached, inMessage } = place;
  // The connection may be of no use any more, but neither it nor the client may make answers up.
  const next = await read(trial, c, IN_VAIN).catch(() => undefined);
  proxy.cut();
  const last = await insist(() => read(trial, c, UNDISTURBED));
  const others = reached || trial.tls ? [next ?? expected, last] : [last];
  const other = others.find((one) => one !== expected);
  if (other !== undefined) return { outcome: "changed elsewhere", answer: `later ${other}` };
  if (!reached) return { outcome: "not reached" };
  if (answer === undefined) return { outcome: "failed" };
  if (answer === expected) return { outcome: "unharmed" };
  return { outcome: inMessage ? "changed within a message" : "changed elsewhere", answer };
}

/** Watched over: it has to end by its deadline, and by an error of ours if it fails. */
function read(trial: Trial, c: EtcdCommunicator, timeout: number): Promise<string> {
  return trial.gate.guard("range", { timeout }, async () => {
    const { kvs } = await c.range({ prefix: "k/" }, { timeout });
    return JSON.stringify(kvs.map(({ key, value }) => [key, value]));
  });
}

/** Looks where the flip is: in plaintext, whether in a message. What is handed on from now on begins with a frame. */
function placeOf({ toClient }: Link, { at, mask }: Flip): { reached: boolean; inMessage: boolean } {
  const [frames, place] = [new FrameSplitter(0), { reached: false, inMessage: false }];
  let [seen, framed] = [0, 0];
  toClient.onForward = (bytes) => {
    const original = Uint8Array.from(bytes); // the slice of a Buffer would be the same memory
    if (seen <= at && at < seen + bytes.length) {
      original[at - seen] ^= mask;
      place.reached = true;
    }
    seen += bytes.length;
    for (const { type, bytes: frame } of frames.push(original)) {
      const offset = at - framed;
      if (type === DATA && offset >= BEFORE_MESSAGE && offset < frame.length) place.inMessage = true;
      framed += frame.length;
    }
  };
  return place;
}
