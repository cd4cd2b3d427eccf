/**
 * What an etcd release's protocol has that ours lacks or has otherwise, and what ours has beyond it.
 * @module
 */

import type { Schema } from "./schema.ts";

/** One name on which the two protocols disagree; a shape is absent on the side that lacks the name. */
export interface Difference {
  readonly name: string;
  readonly ours?: string;
  readonly theirs?: string;
}

/** The outcome of {@linkcode compareSchemas}. */
export interface Comparison {
  /** Names that the release has and ours lacks or has with another shape. */
  readonly lacking: readonly Difference[];
  /** Names that only ours has: what came after an older release, or what was never etcd's. */
  readonly beyond: readonly Difference[];
  /** Names of the release that `uncarried` covers. */
  readonly passedOver: readonly string[];
}

/**
 * Compares by full name. A parent that one side lacks is reported alone, without its children; what `uncarried`
 * names is passed over with its children.
 */
export function compareSchemas(ours: Schema, theirs: Schema, uncarried: ReadonlySet<string>): Comparison {
  const lacking: Difference[] = [];
  const passedOver: string[] = [];
  for (const [name, shape] of theirs) {
    if (uncarried.has(name)) passedOver.push(name);
    if (isWithin(name, uncarried) || isWithoutParent(name, theirs, ours)) continue;
    const own = ours.get(name);
    if (own !== shape) {
      lacking.push(own === undefined ? { name, theirs: shape } : { name, ours: own, theirs: shape });
    }
  }
  const beyond: Difference[] = [];
  for (const [name, shape] of ours) {
    if (!theirs.has(name) && !isWithoutParent(name, ours, theirs)) beyond.push({ name, ours: shape });
  }
  return { lacking, beyond, passedOver };
}

/** One line for people, such as `lacks etcdserverpb.RangeRequest.limit, field 3: int64`. */
export function describeDifference(difference: Difference): string {
  const { name, ours, theirs } = difference;
  if (ours === undefined) return `lacks ${name}, ${theirs}`;
  if (theirs === undefined) return `adds ${name}, ${ours}`;
  return `differs in ${name}: ${ours} here, ${theirs} in the release`;
}

function isWithin(name: string, names: ReadonlySet<string>): boolean {
  for (let part = name; part !== ""; part = parentOf(part)) if (names.has(part)) return true;
  return false;
}

function isWithoutParent(name: string, side: Schema, other: Schema): boolean {
  const parent = parentOf(name);
  return side.has(parent) && !other.has(parent);
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf(".")));
}
