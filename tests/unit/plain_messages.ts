import type { Event, KeyValue } from "../../proto/gen/mvcc.ts";

/** A message of the generated code's shape, of one that may be of ours. */
export function plainKeyValue(
  { key, value, createRevision, modRevision, version, lease }: KeyValue,
): KeyValue {
  return { key, value, createRevision, modRevision, version, lease };
}

/** The same of an event. */
export function plainEvent({ type, kv, prevKv }: Event): Event {
  return { type, kv: kv && plainKeyValue(kv), prevKv: prevKv && plainKeyValue(prevKv) };
}
