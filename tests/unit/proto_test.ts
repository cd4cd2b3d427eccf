import { assertEquals, assertThrows } from "@std/assert";
import { Compare, Compare_CompareTarget, ResponseOp } from "../../proto/gen/kv.ts";
import { KeyValue } from "../../proto/gen/mvcc.ts";
import { compareSchemas, describeDifference } from "../../tools/proto/compare.ts";
import { diffFiles } from "../../tools/proto/generated.ts";
import { matchPackages, resolveImport, selectFiles } from "../../tools/proto/release_files.ts";
import { type DescriptorSet, type Schema, schemaOf } from "../../tools/proto/schema.ts";
import { trimProto } from "../../tools/proto/trim.ts";
import { test } from "../harness.ts";

const NOTHING: ReadonlySet<string> = new Set();

/** A small protocol as buf describes it, and the table expected of it. */
const DESCRIPTORS: DescriptorSet = {
  file: [{
    package: "storepb",
    messageType: [{
      name: "Get",
      field: [
        { name: "keys", number: 1, label: "LABEL_REPEATED", type: "TYPE_BYTES" },
        {
          name: "sort",
          number: 2,
          label: "LABEL_OPTIONAL",
          type: "TYPE_ENUM",
          typeName: ".storepb.Get.Sort",
          oneofIndex: 0,
        },
      ],
      oneofDecl: [{ name: "order" }],
      enumType: [{ name: "Sort", value: [{ name: "NONE", number: 0 }, { name: "UP", number: 1 }] }],
    }],
    service: [{
      name: "Store",
      method: [{ name: "Get", inputType: ".storepb.Get", outputType: ".storepb.Get", serverStreaming: true }],
    }],
  }, { package: "otherpb", messageType: [{ name: "Unseen" }] }],
};

const SCHEMA: Schema = new Map([
  ["storepb.Get", "message"],
  ["storepb.Get.keys", "field 1: repeated bytes"],
  ["storepb.Get.sort", "field 2: storepb.Get.Sort in oneof order"],
  ["storepb.Get.Sort", "enum"],
  ["storepb.Get.Sort.NONE", "enum value 0"],
  ["storepb.Get.Sort.UP", "enum value 1"],
  ["storepb.Store", "service"],
  ["storepb.Store.Get", "method (storepb.Get) returns (stream storepb.Get)"],
]);

/** What the comparison says of ours when it is the protocol above with `changes`; undefined takes a name away. */
function faultsOf(changes: Record<string, string | undefined>, uncarried = NOTHING): string[] {
  const ours = new Map(SCHEMA);
  for (const [name, shape] of Object.entries(changes)) {
    if (shape === undefined) ours.delete(name);
    else ours.set(name, shape);
  }
  return compareSchemas(ours, SCHEMA, uncarried).lacking.map(describeDifference);
}

test("a descriptor set becomes one line a name, for the packages asked for only", () => {
  assertEquals([...schemaOf(DESCRIPTORS, new Set(["storepb"]))], [...SCHEMA]);
});

test("equal protocols have no difference", () => {
  assertEquals(faultsOf({}), []);
});

test("a missing field, enum value and method are reported", () => {
  const missing = {
    "storepb.Get.keys": undefined,
    "storepb.Get.Sort.UP": undefined,
    "storepb.Store.Get": undefined,
  };
  assertEquals(faultsOf(missing), [
    "lacks storepb.Get.keys, field 1: repeated bytes",
    "lacks storepb.Get.Sort.UP, enum value 1",
    "lacks storepb.Store.Get, method (storepb.Get) returns (stream storepb.Get)",
  ]);
});

test("a differing number, type, label and stream are reported with both shapes", () => {
  for (
    const [name, shape] of [
      ["storepb.Get.keys", "field 3: repeated bytes"],
      ["storepb.Get.keys", "field 1: repeated string"],
      ["storepb.Get.keys", "field 1: bytes"],
      ["storepb.Get.Sort.UP", "enum value 2"],
      ["storepb.Store.Get", "method (storepb.Get) returns (storepb.Get)"],
    ]
  ) {
    assertEquals(faultsOf({ [name]: shape }), [
      `differs in ${name}: ${shape} here, ${SCHEMA.get(name)} in the release`,
    ]);
  }
});

test("a missing message or service is reported without what it contains", () => {
  const ours: Schema = new Map();
  const { lacking } = compareSchemas(ours, SCHEMA, NOTHING);
  assertEquals(lacking.map(({ name }) => name), ["storepb.Get", "storepb.Store"]);
});

test("what is left out on purpose is passed over with what it contains, and said", () => {
  const { lacking, passedOver } = compareSchemas(new Map(), SCHEMA, new Set(["storepb.Get"]));
  assertEquals(lacking.map(({ name }) => name), ["storepb.Store"]);
  assertEquals(passedOver, ["storepb.Get"]);
});

test("what ours has beyond a release is told apart from what it lacks", () => {
  const { lacking, beyond } = compareSchemas(
    new Map([...SCHEMA, ["storepb.New", "message"]]),
    SCHEMA,
    NOTHING,
  );
  assertEquals(lacking, []);
  assertEquals(beyond.map(describeDifference), ["adds storepb.New, message"]);
});

test("trimming keeps fields, enums and methods, and drops what only code generators read", () => {
  const source = `syntax = "proto3"; package a; // import "no.proto";
    import "gogoproto/gogo.proto";
    import "etcd/b.proto";
    option (gogoproto.all) = true;
    option (openapi) = { security: { key: "a;b" }; };
    extend google.protobuf.FieldOptions { optional string since = 1; }
    message M { option (since) = "3.0"; repeated int64 ids = 1 [(since) = "3.1", packed = false]; bytes option_key = 2 [deprecated = true]; };
    service S { rpc Get(M) returns (M) { option (http) = { post: "/get" body: "*" }; } }`;
  const trimmed = trimProto(source, (path) => path === "etcd/b.proto" ? "b.proto" : undefined);
  assertEquals(
    trimmed.replace(/\s*([;(){}])\s*/g, "$1"),
    'syntax = "proto3";package a;import "b.proto";' +
      "message M{repeated int64 ids = 1 [packed = false];bytes option_key = 2;};" +
      "service S{rpc Get(M)returns(M){}}",
  );
});

test("an import means the file whose path ends most like it, the importer's neighbour first", () => {
  const paths = ["functional/rpcpb/rpc.proto", "etcdserver/etcdserverpb/rpc.proto"];
  const raft = "etcdserver/etcdserverpb/raft_internal.proto";
  assertEquals(resolveImport("etcd/etcdserver/etcdserverpb/rpc.proto", "lock.proto", paths), paths[1]);
  assertEquals(resolveImport("rpc.proto", raft, paths), paths[1]);
  assertEquals(resolveImport("gogoproto/gogo.proto", raft, paths), undefined);
});

test("a module that holds only some packages is compared as far as it goes", () => {
  const ours = new Set(["etcdserverpb", "v3lockpb"]);
  assertEquals(matchPackages(ours, new Set(["etcdserverpb", "raftpb", "newpb"])), {
    shared: new Set(["etcdserverpb"]),
    unknown: ["newpb"],
    absent: ["v3lockpb"],
  });
});

test("a directory that holds two releases is refused", () => {
  const files = new Map([["v1/kv.proto", "package kv;"], ["v2/kv.proto", "package kv;"]]);
  assertThrows(() => selectFiles(files, new Set(["kv"])), Error, "Cannot tell which release is meant");
});

test("generated files that differ, are missing or are left over are named with the first line that differs", () => {
  const committed = new Map([["a.ts", "1\n2\n"], ["b.ts", "same"], ["old.ts", ""]]);
  const wanted = new Map([["a.ts", "1\n3\n"], ["b.ts", "same"], ["new.ts", ""]]);
  assertEquals(diffFiles(committed, wanted), [
    'a.ts differs from line 2 on: "2" in place of "3"',
    "new.ts is missing",
    "old.ts comes from no .proto file",
  ]);
});

test("a comparison with a zero operand still sends the operand", () => {
  const compare: Compare = {
    result: 0,
    target: Compare_CompareTarget.MOD,
    key: new Uint8Array([97]),
    targetUnion: { $case: "modRevision", value: 0n },
    rangeEnd: new Uint8Array(),
  };
  const bytes = Compare.encode(compare).finish();
  // target = 2 (MOD), key = 3, mod_revision = 6 with the value 0.
  assertEquals([...bytes], [0x10, 2, 0x1a, 1, 97, 0x30, 0]);
  assertEquals(Compare.decode(bytes), compare);
});

test("64-bit integers keep every bit, negative ones included", () => {
  const keyValue: KeyValue = {
    key: new Uint8Array([1]),
    createRevision: 2n ** 63n - 1n,
    modRevision: -(2n ** 63n),
    version: 1n,
    value: new Uint8Array(),
    lease: -1n,
  };
  assertEquals(KeyValue.decode(KeyValue.encode(keyValue).finish()), keyValue);
});

test("fields of a newer server are skipped, in a oneof too", () => {
  // Field 15, a string, in front of response_put (field 2, empty).
  assertEquals(ResponseOp.decode(new Uint8Array([0x7a, 1, 97, 0x12, 0])), {
    response: { $case: "responsePut", value: { header: undefined, prevKv: undefined } },
  });
});
