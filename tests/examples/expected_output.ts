/**
 * What the examples print, as the README of etcetra for Python shows it where it has the same example.
 *
 * @module
 */

/** By the example's name; those of a lock's ttl print a time, and have tests of their own. */
export const EXPECTED_OUTPUT: ReadonlyMap<string, readonly string[]> = new Map([
  ["put_and_get", ["testvalue"]],
  ["get_prefix", ["{'/testdir': 'root', '/testdir/1': '1', '/testdir/2': '2', '/testdir/2/3': '3'}"]],
  ["lock", ["first: testvalue | second: testvalue"]],
  ["lock_timeout", ["TimeoutError", "first: testvalue"]],
  ["watch", ["PUT 1", "PUT 2", "PUT 3", "PUT 4", "PUT 5"]],
  ["watch_prefix", [
    "PUT /testdir 1",
    "PUT /testdir/foo 2",
    "PUT /testdir/bar 3",
    "PUT /testdir/foo/baz 4",
  ]],
  ["txn_compare", ["['asdf']", "['asdf']"]],
  ["txn", ["['foo', 'baz']", "FOO 2"]],
  ["guarded_write", ["a later holder has a greater token: true", "EtcdLockLostError", "by second"]],
  ["list_then_follow", ["listed: /services/a /services/b", "followed: /services/b /services/c"]],
  ["json", ["10.0.0.1 80", "port expected a number"]],
  ["namespace", [
    "red blue",
    "['tenants/blue/colour', 'tenants/red/colour']",
    "['tenants/blue/colour']",
  ]],
  ["session", ["PUT workers/1", "DELETE workers/1"]],
  ["entries", ["50 of 100", "100 of 100", "sum: 14950"]],
]);

/** What the tour prints, but for the time in the middle. */
export const EXPECTED_TOUR: readonly string[] = [];
