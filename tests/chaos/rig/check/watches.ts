/**
 * The watch rules: what a watch delivers is filtered, ordered, unique, atomic, bookmarkable, resumable, reliable.
 * (etcd `Documentation/learning/api_guarantees`.)
 *
 * @module
 */

import { type Change, show, type Timeline } from "../history/truth.ts";
import { type Delivered, shows, type WatchLog } from "../history/watch_log.ts";

/**
 * Checks a watch against the truth.
 *
 * @returns What is wrong, one sentence each; nothing where all is well.
 */
export function checkWatch(log: WatchLog, truth: Timeline): string[] {
  const findings = [
    ...checkContents(log, truth),
    ...checkOrder(log),
    ...checkProgress(log),
    ...checkGaps(log, truth),
  ];
  if (log.error !== undefined) findings.push(`ended with ${log.error}`);
  return findings.map((finding) => `Watch ${log.id} of ${log.filter.prefix}*: ${finding}`);
}

function isBatch(one: Delivered): one is Extract<Delivered, { revision: number }> {
  return "revision" in one;
}

/** Filtered and atomic: each batch is all that its revision did to the watched keys, and nothing else. */
function checkContents({ delivered, filter, prevKv, from }: WatchLog, truth: Timeline): string[] {
  return delivered.filter(isBatch).flatMap(({ revision, events }) => {
    if (revision < from) return [`revision ${revision} was delivered, and ${from} was the first to come`];
    const wanted = truth.changes(revision).filter((change) => shows(filter, change));
    if (JSON.stringify(plain(events, true)) === JSON.stringify(plain(wanted, prevKv))) return [];
    return [
      `delivered ${show({ revision, changes: events })}, where there was ${
        show({ revision, changes: wanted })
      }`,
    ];
  });
}

function plain(changes: readonly Change[], prevKv: boolean): unknown[] {
  return changes.map(({ type, key, value, createRevision, version, prev }) => [
    type,
    key,
    value,
    createRevision,
    version,
    prevKv && prev !== null
      ? [prev.key, prev.value, prev.createRevision, prev.modRevision, prev.version]
      : null,
  ]);
}

/** Ordered and unique: each batch is newer than the one before it. */
function checkOrder({ delivered }: WatchLog): string[] {
  let last = 0;
  return delivered.filter(isBatch).flatMap(({ revision }) => {
    const before = last;
    last = revision;
    if (revision > before) return [];
    return [
      revision === before ? `revision ${revision} came twice` : `revision ${revision} came after ${before}`,
    ];
  });
}

/** Bookmarkable: after word that nothing more comes up to a revision, nothing does. */
function checkProgress({ delivered }: WatchLog): string[] {
  let progress = 0;
  return delivered.flatMap((one) => {
    if (!isBatch(one)) {
      const before = progress;
      progress = one.progress;
      return progress >= before ? [] : [`progress went back from ${before} to ${progress}`];
    }
    if (one.revision > progress) return [];
    return [`revision ${one.revision} came, though nothing more was to come up to ${progress}`];
  });
}

/** Reliable and resumable: nothing is left out up to the end, before progress, and before where one would resume. */
function checkGaps({ delivered, filter, from, until, resume }: WatchLog, truth: Timeline): string[] {
  const batches = delivered.filter(isBatch);
  const got = new Set(batches.map(({ revision }) => revision));
  const promises = delivered.flatMap((one) => isBatch(one) ? [] : [one.progress]);
  const complete = Math.max(until, resume - 1, ...promises, ...got);
  const missing = truth.truth.filter(({ revision, changes }) =>
    revision >= from && revision <= complete && !got.has(revision) &&
    changes.some((change) => shows(filter, change))
  );
  const findings = missing.slice(0, 3).map((one) => `${show(one)} is missing, up to ${complete}`);
  const newest = batches.at(-1)?.revision ?? 0;
  if (resume <= newest) findings.push(`would resume at ${resume}, though ${newest} was delivered`);
  return findings;
}
