import { assert, assertEquals, assertRejects } from "@std/assert";
import type { RequestOp, ResponseOp, TxnResponse } from "../../proto/gen/kv.ts";
import { encodeText as text } from "../../src/bytes.ts";
import { type Compare, CompareKey } from "../../src/compare.ts";
import { EtcdInternalError } from "../../src/errors.ts";
import type { KeyValue } from "../../src/key_value.ts";
import type { DeleteResult, PutResult, RangeResult } from "../../src/kv.ts";
import {
  type Branches,
  type Txn,
  txn,
  txnCompare,
  type TxnOp,
  type TxnResult,
  type TxnValue,
} from "../../src/txn.ts";
import { test } from "../harness.ts";
import { fakeScope, HEADER, onlyTxn } from "./fake_scope.ts";

const inner = { clusterId: 0n, memberId: 0n, raftTerm: 0n };

const ranged = (value: string, revision = 0n): ResponseOp => ({
  response: {
    $case: "responseRange",
    value: {
      header: { ...inner, revision },
      kvs: [{
        key: text("k"),
        value: text(value),
        createRevision: 2n,
        modRevision: 3n,
        version: 1n,
        lease: 0n,
      }],
      more: false,
      count: 1n,
    },
  },
});

const put: ResponseOp = {
  response: { $case: "responsePut", value: { header: { ...inner, revision: 8n }, prevKv: undefined } },
};

const nested = (succeeded: boolean, ...responses: ResponseOp[]): ResponseOp => ({
  response: { $case: "responseTxn", value: { header: { ...inner, revision: 0n }, succeeded, responses } },
});

const answering = (succeeded: boolean, ...responses: ResponseOp[]) =>
  fakeScope((): TxnResponse => ({ header: HEADER, succeeded, responses }));

const kinds = (operations: RequestOp[]) => operations.map(({ request }) => request?.$case);
const exists = new CompareKey("guard").exists();

test("values are what the returned operations yield, in the order of the list", async () => {
  const { scope } = answering(true, ranged("a"), put, ranged("b"));
  const result = await txn(scope, (t) => {
    const a = t.get("a");
    const b = t.put("b", "x");
    const c = t.count("c");
    return [c, a, b, a];
  });
  assertEquals(result.values.slice(0, 2), [1, "a"]);
  assertEquals([result.values[2].revision, result.values[3]], [8n, "a"]);
  assertEquals([result.succeeded, result.revision, result.header], [true, 9n, HEADER]);
});

test("values are one for each operation when the builder returns nothing", async () => {
  const { scope } = answering(true, ranged("foo"), ranged("baz"));
  const { values } = await txn(scope, (t) => {
    t.get("cmpkey1");
    t.get("cmpkey2");
  });
  assertEquals(values, ["foo", "baz"]);
});

test("operations that are not returned are part of the branch all the same", async () => {
  const fake = answering(true, put, ranged("a"));
  const { values } = await txn(fake.scope, (t) => {
    t.put("b", "x");
    return [t.get("a")];
  });
  assertEquals(values, ["a"]);
  assertEquals(kinds(onlyTxn(fake).success), ["requestPut", "requestRange"]);
  const none = await txn(answering(true, put).scope, (t) => {
    t.put("b", "x");
    return [];
  });
  assertEquals(none.values, []);
});

test("the branch that ran gives the values", async () => {
  const build = (success: Txn<string>, failure: Txn<string>) => ({
    success: [success.get("k")],
    failure: [failure.put("k", "x")],
  });
  const won = await txnCompare(answering(true, ranged("a")).scope, [exists], build);
  assertEquals([won.succeeded, won.values.length], [true, 1]);
  if (won.succeeded) assertEquals(won.values, ["a"]);
  const lost = await txnCompare(answering(false, put).scope, [exists], build);
  assert(!lost.succeeded);
  assertEquals(lost.values[0].revision, 8n);
});

test("a branch that is left out of what the builder returns yields no values", async () => {
  const build = (success: Txn<string>, failure: Txn<string>) => {
    failure.put("k", "x");
    return { success: [success.get("k")] };
  };
  assertEquals((await txnCompare(answering(false, put).scope, [exists], build)).values, []);
  const returningNothing = (success: Txn<string>, failure: Txn<string>) => {
    failure.put("k", "x");
    success.get("k");
  };
  assertEquals((await txnCompare(answering(false, put).scope, [exists], returningNothing)).values.length, 1);
});

test("parts of a transaction have whole headers, with the revision that each was applied at", async () => {
  const { scope } = answering(true, ranged("a", 7n), nested(false, put, ranged("n")));
  const { values: [range, txnResult] } = await txn(scope, (t) => [
    t.range("k"),
    t.txnCompare([exists], (_, f) => ({ failure: [f.put("x", "y"), f.range("k")] })),
  ]);
  assertEquals([range.header, range.revision], [{ ...HEADER, revision: 7n }, 7n]);
  assert(!txnResult.succeeded);
  assertEquals(txnResult.header, HEADER);
  assertEquals(txnResult.values[0].header, { ...HEADER, revision: 8n });
  assertEquals(txnResult.values[1].header, HEADER);
});

test("a transaction of reads may be repeated, one that can write may not", async () => {
  const reads = (t: Txn<string>) => void t.get("k");
  const writes = (t: Txn<string>) => void t.put("k", "v");
  const rows: [boolean, (success: Txn<string>, failure: Txn<string>) => void][] = [
    [true, reads],
    [false, writes],
    [false, (_, failure) => void failure.deletePrefix("k")],
    [true, (success) => void success.txnCompare([exists], reads)],
    [false, (success) => void success.txnCompare([exists], (_, f) => writes(f))],
  ];
  for (const [idempotent, build] of rows) {
    const fake = answering(true, ranged("a"));
    await txnCompare(fake.scope, [exists], build).catch(() => {});
    assertEquals(fake.calls[0].options.idempotent, idempotent);
  }
});

test("a transaction of compares alone is given a linearizable read in both branches, unseen", async () => {
  const fake = answering(true, ranged("hidden"));
  const { values } = await txnCompare(fake.scope, [exists], () => {});
  assertEquals(values, []);
  const { success, failure } = onlyTxn(fake);
  for (const branch of [success, failure]) {
    const [{ request }] = branch;
    assert(request?.$case === "requestRange");
    const { key, rangeEnd, serializable, countOnly } = request.value;
    assertEquals([key, rangeEnd.length, serializable, countOnly], [text("guard"), 0, false, true]);
  }
  assertEquals(fake.calls[0].options.requireLeader, undefined);
});

test("beside compares serializable reads become linearizable", async () => {
  const fake = answering(true, ranged("a"));
  await txnCompare(fake.scope, [exists], (s) => void s.get("k", { serializable: true }));
  const { success, failure } = onlyTxn(fake);
  assertEquals(
    [...success, ...failure].map(({ request }) =>
      request?.$case === "requestRange" && request.value.serializable
    ),
    [
      false,
      false,
    ],
  );
});

test("without compares a transaction is as serializable as its reads ask for", async () => {
  const serializable = answering(true, ranged("a"));
  await txn(serializable.scope, (t) => void t.get("k", { serializable: true }));
  const [{ request }] = onlyTxn(serializable).success;
  assertEquals(request?.$case === "requestRange" && request.value.serializable, true);
  assertEquals(onlyTxn(serializable).failure, []);
  assertEquals(serializable.calls[0].options.requireLeader, false);

  const mixed = answering(true, ranged("a"), ranged("b"));
  await txn(mixed.scope, (t) => {
    t.get("k", { serializable: true });
    t.get("l");
  });
  assertEquals(mixed.calls[0].options.requireLeader, undefined);
});

test("a transaction that goes through the log is left as it is", async () => {
  const fake = answering(true, ranged("a"));
  await txnCompare(fake.scope, [exists], (success, failure) => {
    success.get("k", { serializable: true });
    failure.put("k", "v");
  });
  const { success, failure } = onlyTxn(fake);
  const [{ request }] = success;
  assertEquals(request?.$case === "requestRange" && request.value.serializable, true);
  assertEquals(kinds(failure), ["requestPut"]);

  const empty = answering(true);
  assertEquals((await txn(empty.scope, () => {})).values, []);
  assertEquals(onlyTxn(empty), { compare: [], success: [], failure: [] });
});

test("misuse of a builder rejects, and nothing is sent", async () => {
  const fake = answering(true);
  const { scope } = fake;
  let kept: Txn<string> | undefined;
  let foreign: TxnOp<string | null> | undefined;
  const loosely = <T>(value: unknown) => value as T;
  const attempts: [() => Promise<unknown>, string][] = [
    [() => txn(scope, loosely(async () => await Promise.reject(new Error("late")))), "returned a promise"],
    [() => txn(scope, loosely((t: Txn<string>) => t.get("k"))), "expected a list"],
    [() => txn(scope, loosely(() => null)), "expected a list"],
    [() => txn(scope, loosely(() => [undefined])), "no operation of this branch"],
    [() => txn(scope, loosely(() => [{}])), "no operation of this branch"],
    [
      () => txn(scope, loosely((t: Txn<string>) => [Promise.resolve(t.get("k"))])),
      "no operation of this branch",
    ],
    [() => txn(scope, loosely(undefined)), ""],
    [() => txnCompare(scope, loosely(exists), () => {}), "expected a list of compares"],
    [
      () => txnCompare(scope, [loosely<Compare>({ key: "k", target: "value" })], () => {}),
      "made by CompareKey",
    ],
    [() => txnCompare(scope, [], loosely(async () => await undefined)), "returned a promise"],
    [
      () => txnCompare(scope, [], loosely(() => ({ success: Promise.reject(new Error("late")) }))),
      "returned a promise",
    ],
    [() => txnCompare(scope, [], loosely((s: Txn<string>) => [s.get("k")])), "expected { success, failure }"],
    [() => txnCompare(scope, [], loosely((s: Txn<string>) => s.get("k"))), "expected { success, failure }"],
    [() => txnCompare(scope, [], (s) => ({ failure: [s.get("k")] })), "no operation of this branch"],
    [() => txnCompare(scope, [], loosely(() => ({ success: null, failure: 5 }))), "expected a list"],
    [() => txn(scope, (t) => void t.get("")), "empty"],
    [() => txn(scope, (t) => void t.put("k", "v", { lease: 1n, ignoreLease: true })), "ignoreLease"],
    [() => txn(scope, (t) => void t.getRange("a", loosely(undefined))), "undefined"],
    [() => txn(scope, (t) => void t.txnCompare([], loosely(() => [1]))), "expected { success, failure }"],
    [() =>
      txn(scope, (t) => {
        kept = t;
        foreign = t.get("k");
        throw new TypeError("the builder's own");
      }), "the builder's own"],
    [() => txn(scope, () => void kept?.get("k")), "its building function has returned"],
    [() => txn(scope, () => [foreign!]), "no operation of this branch"],
    [() => txn(scope, (t) => [t.txnCompare([], () => ({ success: [t.get("outer")] }))]), "no operation"],
  ];
  for (const [attempt, message] of attempts) await assertRejects(attempt, TypeError, message);
  assertEquals(fake.calls, []);
});

test("a closed communicator refuses transactions without building them", async () => {
  const { scope, calls } = answering(true);
  await scope.resources.close();
  const build = () => {
    throw new Error("built");
  };
  await assertRejects(() => txn(scope, build), TypeError, "closed");
  await assertRejects(() => txnCompare(scope, [], build), TypeError, "closed");
  assertEquals(calls, []);
});

test("an answer to another operation is an error", async () => {
  const { scope } = answering(true, put);
  await assertRejects(() => txn(scope, (t) => [t.get("k")]), EtcdInternalError, "another operation");
  await assertRejects(() => txn(answering(true).scope, (t) => [t.get("k")]), EtcdInternalError);
});

test("results of transactions become JSON", async () => {
  const { scope } = answering(true, ranged("a"), nested(true, ranged("n")));
  const result = await txn(scope, (t) => {
    t.getPrefix("k");
    t.txnCompare([], (s) => void s.get("k"));
  });
  const header = { clusterId: "1", memberId: "2", revision: "9", raftTerm: "3" };
  assertEquals(JSON.parse(JSON.stringify(result)), {
    succeeded: true,
    values: [{ k: "a" }, { succeeded: true, values: ["n"], revision: "9", header }],
    revision: "9",
    header,
  });
});

// What follows is checked by the compiler.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(_: Same<A, B>) => {};

test("values are typed after what the builder returns", () => {
  const { scope } = fakeScope();
  const typed = () => ({
    all: txn(scope, (t) => [
      t.get("a"),
      t.getEntry("a"),
      t.getPrefix("/b"),
      t.range("c"),
      t.count("d"),
      t.put("e", "f"),
      t.delete("g"),
    ]),
    nothing: txn(scope, (t) => void t.get("a")),
    list: txn(scope, (t) => ["a", "b"].map((key) => t.get(key))),
    branches: txnCompare(scope, [], (s, f) => ({ success: [s.get("k")], failure: [f.put("k", "x")] })),
    oneBranch: txnCompare(scope, [], (s) => ({ success: [s.count("k")] })),
    noBranch: txnCompare(scope, [], () => {}),
    nested: txn(scope, (t) => [t.txnCompare([], (s) => ({ success: [s.count("k")] }))]),
  });
  type Typed = { [K in keyof ReturnType<typeof typed>]: Awaited<ReturnType<typeof typed>[K]> };
  type Values<K extends keyof Typed, S extends boolean> = Extract<Typed[K], { succeeded: S }>["values"];
  same<
    Values<"all", true>,
    [
      string | null,
      KeyValue<string> | null,
      Map<string, string>,
      RangeResult<string>,
      number,
      PutResult<string>,
      DeleteResult<string>,
    ]
  >(true);
  same<Values<"nothing", true>, TxnValue<string>[]>(true);
  same<Values<"list", true>, (string | null)[]>(true);
  same<Values<"branches", true>, [string | null]>(true);
  same<Values<"branches", false>, [PutResult<string>]>(true);
  same<Values<"oneBranch", true>, [number]>(true);
  same<Values<"oneBranch", false>, []>(true);
  same<Values<"noBranch", false>, TxnValue<string>[]>(true);
  same<Values<"nested", true>, [TxnResult<[number], []>]>(true);
  same<Typed["all"]["succeeded"], true>(true);
});

test("the compiler refuses what the builder refuses", () => {
  const { scope } = fakeScope();
  const refused = () => [
    // @ts-expect-error -- an operation is no list
    txn(scope, (t) => t.get("a")),
    // @ts-expect-error -- a promise is no list
    txn(scope, async (t) => await Promise.resolve([t.get("a")])),
    // @ts-expect-error -- a value is no operation
    txn(scope, () => ["a"]),
    // @ts-expect-error -- a list is not two branches
    txnCompare(scope, [], (s) => [s.get("a")]),
    // @ts-expect-error -- values are text here
    txn(scope, (t) => [t.put("a", 1)]),
    // @ts-expect-error -- compares are made by CompareKey
    txnCompare(scope, ["a"], () => {}),
  ];
  assertEquals(typeof refused, "function");
  const branches: Branches = undefined;
  assertEquals(branches, undefined);
});
