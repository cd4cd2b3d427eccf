/**
 * From the caller's function to the request of a transaction.
 *
 * @module
 */

import type { TxnRequest, TxnResponse } from "../../proto/gen/kv.ts";
import { type Compare, compareMessage } from "../compare.ts";
import { toHeader } from "../key_value.ts";
import type { Operation, View } from "../kv/operation.ts";
import { jsonable } from "../plain.ts";
import { type BuildBranches, TxnBuilder } from "./builder.ts";
import type { Txn } from "./interface.ts";
import { BranchRecorder, type RecordedBranch, refusePromise } from "./recorder.ts";
import type { TxnResult } from "./values.ts";

/** A transaction ready to be sent, by itself or in another one. */
export type BuiltTxn = Operation<TxnRequest, TxnResponse, TxnResult<unknown[], unknown[]>>;

/** A transaction of one branch. */
export function buildTxn<V>(view: View<V>, build: (t: Txn<V>) => unknown): BuiltTxn {
  const branch = new BranchRecorder();
  const returned = record([branch], () => build(builder(view, branch)));
  const recorded = returned === undefined ? branch.all() : branch.some(returned);
  return assembled(view, [], recorded, new BranchRecorder().all());
}

/** A transaction of two branches, of which the compares choose one. */
export function buildTxnCompare<V>(
  view: View<V>,
  compares: readonly Compare[],
  build: BuildBranches<V>,
): BuiltTxn {
  if (!Array.isArray(compares)) {
    throw new TypeError("Cannot build the transaction: expected a list of compares");
  }
  const success = new BranchRecorder();
  const failure = new BranchRecorder();
  const returned = record([success, failure], () => build(builder(view, success), builder(view, failure)));
  if (returned === undefined) return assembled(view, compares, success.all(), failure.all());
  const chosen = asBranches(returned, [success, failure]);
  return assembled(view, compares, success.some(chosen.success ?? []), failure.some(chosen.failure ?? []));
}

function builder<V>(view: View<V>, branch: BranchRecorder): TxnBuilder<V> {
  return new TxnBuilder(view, branch, (compares, build) => buildTxnCompare(view, compares, build));
}

/** Runs the caller's function while the branches are open. */
function record(branches: readonly BranchRecorder[], body: () => unknown): unknown {
  let returned: unknown;
  try {
    returned = body();
  } finally {
    for (const branch of branches) branch.close();
  }
  refusePromise(returned);
  return returned;
}

function asBranches(
  returned: unknown,
  branches: readonly BranchRecorder[],
): { readonly success?: unknown; readonly failure?: unknown } {
  const isOperation = branches.some((branch) => branch.has(returned));
  if (typeof returned === "object" && returned !== null && !Array.isArray(returned) && !isOperation) {
    return returned;
  }
  throw new TypeError(
    "Cannot build the transaction: expected { success, failure } of operations, or nothing",
  );
}

function assembled(
  view: View<unknown>,
  compares: readonly Compare[],
  success: RecordedBranch,
  failure: RecordedBranch,
): BuiltTxn {
  return {
    request: {
      compare: compares.map((compare) => compareMessage(compare, view.keys)),
      success: success.requests,
      failure: failure.requests,
    },
    read: (response) => {
      const { succeeded, responses } = response;
      const values = (succeeded ? success : failure).read(responses, response.header);
      const header = toHeader(response.header);
      return jsonable({ succeeded, values, revision: header.revision, header });
    },
  };
}
