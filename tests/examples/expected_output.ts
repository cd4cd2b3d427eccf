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

/** What the tour prints, without indentation, and with N for the seconds that pass. */
export const EXPECTED_TOUR: readonly string[] = [
  "1  Put a value under a key, and get it back.",
  "testvalue",
  "2  Get all keys with a prefix, as a Map.",
  "/testdir     root",
  "/testdir/1   1",
  "/testdir/2   2",
  "/testdir/2/3 3",
  "3  Two tasks want one lock: the second waits for the first.",
  "first: testvalue | second: testvalue",
  "4  A task waits half a second for the lock at most, then gives up.",
  "TimeoutError",
  "first: testvalue",
  "5  A lock with a ttl, here two seconds, is released after it in any case.",
  "acquired lock after N seconds",
  "6  Watch a key: every change arrives, once and in order.",
  "PUT 1",
  "PUT 2",
  "PUT 3",
  "PUT 4",
  "PUT 5",
  "7  Watch all keys with a prefix.",
  "PUT /testdir 1",
  "PUT /testdir/foo 2",
  "PUT /testdir/bar 3",
  "PUT /testdir/foo/baz 4",
  "8  Where all its compares hold, a transaction runs its first branch …",
  "['asdf']",
  "9  … and where one does not, the other.",
  "['asdf']",
  "10  A transaction without compares does several things at one revision.",
  "['foo', 'baz']",
  "11  A holder that lost its lock unawares cannot write any more.",
  "EtcdLockLostError",
  "done: by second",
  "12  List keys, then follow their changes: nothing is missed in between.",
  "listed: 7 keys",
  "followed: DELETE /testdir/1",
];
