import { assertEquals, assertThrows } from "@std/assert";
import { AuthDefinition } from "../../proto/gen/auth.ts";
import { ClusterDefinition } from "../../proto/gen/cluster.ts";
import * as kv from "../../proto/gen/kv.ts";
import { LeaseDefinition } from "../../proto/gen/lease.ts";
import { Event_EventType } from "../../proto/gen/mvcc.ts";
import { WatchCreateRequest_FilterType, WatchDefinition } from "../../proto/gen/watch.ts";
import { EtcdInternalError } from "../../src/errors.ts";
import { EncodedRangeMethod } from "../../src/kv/encoded_range.ts";
import { Authenticate } from "../../src/rpc/auth_methods.ts";
import { MemberList } from "../../src/rpc/cluster_methods.ts";
import type { Method } from "../../src/rpc/method.ts";
import * as methods from "../../src/rpc/methods.ts";
import * as enums from "../../src/rpc/wire/enums.ts";
import { Watch } from "../../src/watch/message.ts";
import { test } from "../harness.ts";

const { KVDefinition } = kv;

interface Described {
  readonly name: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/** What the generated code says of each method. */
const GENERATED = new Map<string, Described & { readonly path: string }>(
  [KVDefinition, LeaseDefinition, WatchDefinition, AuthDefinition, ClusterDefinition].flatMap((service) =>
    (Object.values(service.methods) as Described[]).map((method) =>
      [`${service.name}/${method.name}`, { ...method, path: `/${service.fullName}/${method.name}` }] as const
    )
  ),
);

// deno-lint-ignore no-explicit-any -- messages of every type
const ALL: readonly Method<any, any>[] = [
  ...Object.values(methods),
  EncodedRangeMethod,
  Authenticate,
  MemberList,
  Watch,
];

test("every method has the path and the shape that the generated code knows", () => {
  for (const { name, path, requestStream, responseStream } of ALL) {
    const { path: known, requestStream: many, responseStream: answers } = GENERATED.get(name)!;
    assertEquals([path, requestStream, responseStream], [known, many, answers], name);
  }
});

test("a method's code is loaded once, and then it writes and reads messages", async () => {
  const revision = { revision: 7n, physical: true };
  await methods.Compact.load?.();
  assertEquals(methods.Compact.load?.(), undefined, "there is nothing left to wait for");
  const bytes = methods.Compact.encode(revision);
  assertEquals(kv.CompactionRequest.decode(bytes), revision);
  const header = { clusterId: 1n, memberId: 2n, revision: 3n, raftTerm: 4n };
  const answer = kv.CompactionResponse.encode({ header }).finish();
  assertEquals(methods.Compact.decode(answer), { header });
});

test("a response that is none is an error of ours, whoever decodes it", async () => {
  for (const method of ALL.filter(({ responseStream }) => !responseStream)) {
    await method.load?.();
    assertThrows(
      () => method.decode(Uint8Array.of(0x0a, 0x7f)),
      EtcdInternalError,
      `${method.name}: the resp`,
    );
  }
});

test("the methods of the first get need no generated code", () => {
  assertEquals([methods.Range.load, methods.Put.load], [undefined, undefined]);
});

test("the numbers of enums are those of the generated code", () => {
  assertEquals({ ...enums }, {
    SortOrder: kv.RangeRequest_SortOrder,
    SortTarget: kv.RangeRequest_SortTarget,
    CompareResult: kv.Compare_CompareResult,
    CompareTarget: kv.Compare_CompareTarget,
    FilterType: WatchCreateRequest_FilterType,
    EventType: Event_EventType,
  });
});
