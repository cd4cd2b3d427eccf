import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { type RangeRequest, RangeResponse } from "../../proto/gen/kv.ts";
import { compareBytes, encodeText as text, showText } from "../../src/bytes.ts";
import { jsonCodec } from "../../src/codec.ts";
import { EtcdDecodeError } from "../../src/decode_error.ts";
import { entries, type EntriesOptions } from "../../src/entries.ts";
import { EtcdCompactedError } from "../../src/errors.ts";
import { type EncodedRange, EncodedRangeMethod } from "../../src/kv/encoded_range.ts";
import type { Selector } from "../../src/keys.ts";
import type { CallOptions } from "../../src/options.ts";
import { fromStatus } from "../../src/status_error.ts";
import { test } from "../harness.ts";
import { type Answer, fakeScope, HEADER, type RecordedCall } from "./fake_scope.ts";
import { plainKeyValue } from "./plain_messages.ts";

/** A store of numbered keys, `/000` and so on, with values of some size. */
function store(keys: number, valueBytes = 1, over: (request: RangeRequest) => void = () => {}): Answer {
  const kvs = Array.from({ length: keys }, (_, i) => ({
    key: text(`/${String(i).padStart(6, "0")}`),
    value: new Uint8Array(valueBytes).fill(0x76),
    createRevision: 2n,
    modRevision: 2n,
    version: 1n,
    lease: 0n,
  }));
  return ({ request }) => {
    const { key, limit, keysOnly } = request as RangeRequest;
    over(request as RangeRequest);
    const rest = kvs.filter((kv) => compareBytes(kv.key, key) >= 0);
    const page = rest.slice(0, Number(limit)).map((kv) =>
      keysOnly ? { ...kv, value: new Uint8Array(0) } : kv
    );
    return encoded({
      header: HEADER,
      kvs: page,
      more: page.length < rest.length,
      count: BigInt(rest.length),
    });
  };
}

function encoded(response: RangeResponse): EncodedRange {
  return EncodedRangeMethod.decode(RangeResponse.encode(response).finish());
}

const requests = (calls: readonly RecordedCall[]) => calls.map(({ request }) => request as RangeRequest);
const limits = (calls: readonly RecordedCall[]) => requests(calls).map(({ limit }) => Number(limit));

async function read(
  answer: Answer,
  options: EntriesOptions & CallOptions = {},
  selector: Selector = { all: true },
) {
  const fake = fakeScope(answer);
  const keys: string[] = [];
  for await (const { key } of entries(fake.scope, selector, options)) keys.push(key);
  return { ...fake, keys };
}

test("every key comes once, in order, from pages that start after the last key and share one revision", async () => {
  const { keys, calls } = await read(store(100), { pageSize: 10 });
  assertEquals(keys.length, 100);
  assertEquals(keys, [...new Set(keys)].sort());
  const [first, second, ...rest] = requests(calls);
  assertEquals([first.revision, first.limit], [0n, 10n]);
  assertEquals(showText(second.key), "/000009\0");
  for (const { revision } of [second, ...rest]) assertEquals(revision, HEADER.revision);
});

test("a range without keys is one page", async () => {
  const progress: unknown[] = [];
  const { keys, calls } = await read(store(0), { onPage: (p) => progress.push(p) });
  assertEquals([keys, calls.length, progress], [[], 1, [{ seen: 0, total: 0 }]]);
});

test("pages grow with care up to their bytes", async () => {
  assertEquals(limits((await read(store(2_000, 1_024))).calls), [32, 128, 512, 805, 805]);
  assertEquals(limits((await read(store(6, 2 ** 20), { pageSize: 2 })).calls), [2, 1, 1, 1, 1]);
});

test("a limit counts keys in all", async () => {
  const { keys, calls } = await read(store(100), { pageSize: 10, limit: 25 });
  assertEquals([keys.length, limits(calls)], [25, [10, 15]]);
  assertEquals((await read(store(100), { limit: 0 })).keys.length, 100);
  assertEquals(limits((await read(store(100), { limit: 3 })).calls), [3]);
});

test("progress is told after each page, against the keys of the whole range", async () => {
  const progress: number[][] = [];
  await read(store(60), { pageSize: 10, onPage: ({ seen, total }) => progress.push([seen, total]) });
  assertEquals(progress, [[10, 60], [50, 60], [60, 60]]);
});

test("what onPage throws ends the iteration", async () => {
  const reason = new Error("enough");
  const onPage = () => {
    throw reason;
  };
  assertStrictEquals(await read(store(60), { pageSize: 10, onPage }).catch((error) => error), reason);
});

test("one page is fetched ahead while the consumer works, and no more", async () => {
  const { scope, calls } = fakeScope(store(100));
  const iterator = entries(scope, { all: true }, { pageSize: 10 })[Symbol.asyncIterator]();
  await iterator.next();
  await iterator.next();
  assertEquals(calls.length, 2);
  await iterator.return?.();
  assertEquals(calls.length, 2);
});

test("leaving the loop ends the page that is on its way", async () => {
  let pending: AbortSignal | undefined;
  const { scope } = fakeScope((call) => {
    if (pending === undefined && (call.request as RangeRequest).revision === 0n) return store(100)(call);
    const { signal } = call.options;
    pending = signal;
    return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  });
  for await (const { key } of entries(scope, { all: true }, { pageSize: 10 })) {
    assertEquals(key, "/000000");
    break;
  }
  assertEquals(pending?.aborted, true);
});

test("the revision is known before, during and without an iteration", async () => {
  const { scope, calls } = fakeScope(store(3));
  const all = entries(scope, { all: true });
  assertEquals(calls.length, 0, "nothing is read before it is asked for");
  assertEquals([await all.revision, await all.revision], [9n, 9n]);
  let count = 0;
  for await (const _ of all) count++;
  assertEquals([count, calls.length], [3, 1], "the first page is read once");
  assertEquals(await entries(scope, { all: true }, { revision: 4n }).revision, 4n);
});

test("entries are read once", async () => {
  const all = entries(fakeScope(store(3)).scope, { all: true });
  for await (const _ of all) break;
  await assertRejects(
    async () => {
      for await (const _ of all) assert(false);
    },
    TypeError,
    "again",
  );
});

test("misuse and failures reject the iteration and the revision, which nobody has to await", async () => {
  const { scope, calls } = fakeScope(store(3));
  const misused: [Selector, unknown][] = [
    ["", {}],
    [{ prefix: "a", start: "b" } as unknown as Selector, {}],
    [{ all: true }, { limit: -1 }],
    [{ all: true }, { limit: 1.5 }],
    [{ all: true }, { pageSize: 0 }],
    [{ all: true }, { keysOnly: "yes" }],
    [{ all: true }, { revision: 3 }],
  ];
  for (const [selector, options] of misused) {
    const all = entries(scope, selector, options as EntriesOptions);
    void all.revision;
    await assertRejects(() => all.revision, Error, "Cannot use");
    await assertRejects(() => all[Symbol.asyncIterator]().next(), Error, "Cannot use");
  }
  await scope.resources.close();
  await assertRejects(() => entries(scope, "k").revision, TypeError, "closed");
  assertEquals(calls, []);
});

test("a signal that is aborted before, or while the consumer works, rejects with its reason", async () => {
  const reason = new Error("mine");
  const { scope, calls } = fakeScope(store(100));
  const before = entries(scope, { all: true }, { signal: AbortSignal.abort(reason) });
  assertStrictEquals(await before.revision.catch((error: unknown) => error), reason);
  assertEquals(calls, []);

  const controller = new AbortController();
  const during = entries(scope, { all: true }, { signal: controller.signal, pageSize: 10 });
  const iterator = during[Symbol.asyncIterator]();
  await iterator.next();
  controller.abort(reason);
  assertStrictEquals(await iterator.next().catch((error) => error), reason);
  assertEquals((await iterator.next()).done, true);
});

test("compaction on the way rejects", async () => {
  const compacted = fromStatus(
    "Cannot call KV/Range",
    11,
    "etcdserver: mvcc: required revision has been compacted",
  );
  const refuse = ({ revision }: RangeRequest) => {
    if (revision !== 0n) throw compacted;
  };
  const seen: string[] = [];
  await assertRejects(async () => {
    for await (
      const { key } of entries(fakeScope(store(100, 1, refuse)).scope, { all: true }, { pageSize: 2 })
    ) {
      seen.push(key);
    }
  }, EtcdCompactedError);
  assertEquals(seen.length, 2, "what was read before is handed out");
});

test("a page that is larger than a message may be is asked for again in halves", async () => {
  const tooLarge = (limit: bigint) => ({ limit: size }: RangeRequest) => {
    if (size > limit) {
      throw fromStatus("Cannot call KV/Range", 8, "Received message larger than max (2 vs 1)");
    }
  };
  const { keys, calls } = await read(store(20, 1, tooLarge(3n)), { pageSize: 16, limit: 4 });
  assertEquals([keys.length, limits(calls)], [4, [4, 2, 2]]);
  await assertRejects(() => read(store(20, 1, tooLarge(0n)), { pageSize: 4 }), Error, "larger than max");
  const { scope, calls: small } = fakeScope(store(100), 10_000);
  for await (const _ of entries(scope, { all: true }, { pageSize: 8 }));
  assert(Math.max(...limits(small)) <= 5_000 / 256, "pages are planned to be below maxReceiveBytes");
});

test("entries without values carry null, and sorting is not for entries", async () => {
  const { scope, calls } = fakeScope(store(1));
  for await (
    const kv of entries(scope, { all: true }, { keysOnly: true, order: "descending" } as EntriesOptions)
  ) {
    assertEquals([kv.key, kv.value], ["/000000", null]);
  }
  const [{ keysOnly, sortOrder }] = requests(calls);
  assertEquals([keysOnly, sortOrder], [true, 0]);
});

test("serializable entries need no leader", async () => {
  const { calls } = await read(store(40), { serializable: true });
  for (const { options, request } of calls) {
    assertEquals([options.requireLeader, (request as RangeRequest).serializable], [false, true]);
  }
});

test("entries keep nothing of their page in memory", async () => {
  const { scope } = fakeScope(store(100, 500));
  for await (const { keyBytes, valueBytes } of entries(scope, { all: true })) {
    assert(keyBytes.buffer.byteLength < 600 && valueBytes.buffer.byteLength < 600);
  }
});

test("the memory of a page is given back when it was handed out, unless middleware may look at it", async () => {
  const answer = store(3);
  let page: EncodedRange | undefined;
  const keep: Answer = (call) => page = answer(call) as EncodedRange;
  await read(keep);
  assertThrows(() => page?.at(0), Error);

  const { scope } = fakeScope(keep);
  const watched = { ...scope.rpc, options: { ...scope.rpc.options, middleware: [() => assert(false)] } };
  for await (const _ of entries({ ...scope, rpc: watched as unknown as typeof scope.rpc }, { all: true }));
  assertEquals(page?.kvs.length, 3);
});

test("an encoded range is the range that it was decoded from", () => {
  const kv = { createRevision: 2n ** 62n, modRevision: 2n ** 63n - 1n, version: 1n, lease: -5n };
  const response: RangeResponse = {
    header: HEADER,
    kvs: [{ ...kv, key: text("a"), value: text("") }, { ...kv, key: text("b"), value: text("v") }],
    more: true,
    count: 2n ** 40n,
  };
  const range = encoded(response);
  const { header, kvs, more, count } = range;
  assertEquals({ header, kvs: kvs.map(plainKeyValue), more, count }, response);
  assertEquals([range.length, plainKeyValue(range.at(1))], [2, response.kvs[1]]);
  const empty = encoded({ header: undefined, kvs: [], more: false, count: 0n });
  assertEquals([empty.header, empty.more, empty.count, empty.length], [undefined, false, 0n, 0]);
  const whole = RangeResponse.encode(response).finish();
  const unknown = new Uint8Array([...whole, 0xfa, 0x01, 1, 0x61]);
  assertEquals(EncodedRangeMethod.decode(unknown).length, 2, "fields of newer servers are passed over");
  assertThrows(() => EncodedRangeMethod.decode(whole.subarray(0, whole.length - 8)), Error);
});

test("a value that the codec refuses ends the iteration where it stands", async () => {
  const fake = fakeScope(store(3));
  const scope = { ...fake.scope, codec: jsonCodec<number>() };
  const error = await assertRejects(
    () => entries(scope, { all: true })[Symbol.asyncIterator]().next(),
    EtcdDecodeError,
  );
  assertEquals(showText(error.keyBytes), "/000000");
});
