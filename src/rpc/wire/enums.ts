/**
 * The numbers of etcd's enums that requests are made of: those of the generated code would load all of it.
 *
 * @module
 */

import type * as kv from "../../../proto/gen/kv.ts";
import type * as mvcc from "../../../proto/gen/mvcc.ts";
import type * as watch from "../../../proto/gen/watch.ts";

/** RangeRequest.SortOrder. */
export const SortOrder = {
  NONE: 0,
  ASCEND: 1,
  DESCEND: 2,
} as const satisfies typeof kv.RangeRequest_SortOrder;

/** RangeRequest.SortTarget. */
export const SortTarget = {
  KEY: 0,
  VERSION: 1,
  CREATE: 2,
  MOD: 3,
  VALUE: 4,
} as const satisfies typeof kv.RangeRequest_SortTarget;

/** Compare.CompareResult. */
export const CompareResult = {
  EQUAL: 0,
  GREATER: 1,
  LESS: 2,
  NOT_EQUAL: 3,
} as const satisfies typeof kv.Compare_CompareResult;

/** Compare.CompareTarget. */
export const CompareTarget = {
  VERSION: 0,
  CREATE: 1,
  MOD: 2,
  VALUE: 3,
  LEASE: 4,
} as const satisfies typeof kv.Compare_CompareTarget;

/** WatchCreateRequest.FilterType. */
export const FilterType = {
  NOPUT: 0,
  NODELETE: 1,
} as const satisfies typeof watch.WatchCreateRequest_FilterType;

/** Event.EventType. */
export const EventType = { PUT: 0, DELETE: 1 } as const satisfies typeof mvcc.Event_EventType;
