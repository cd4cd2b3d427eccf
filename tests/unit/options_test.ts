import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  checkedEndpoints,
  type ClientEvent,
  type EtcdClientOptions,
  flag,
  int64,
  milliseconds,
  resolveOptions,
  ttlSeconds,
  wholeNumber,
} from "../../src/options.ts";
import { test } from "../harness.ts";

const resolve = (options: EtcdClientOptions) => resolveOptions("h:1", options);
const loosely = (options: unknown) => options as EtcdClientOptions;

test("every option has its default", () => {
  const { emit: _, ...options } = resolve({});
  assertEquals({ ...options, keyspace: undefined }, {
    addresses: [{ host: "h", port: 1, secure: false, name: "h:1" }],
    credentials: undefined,
    tls: undefined,
    keyspace: undefined,
    timeout: 10_000,
    connectTimeout: 5_000,
    keepAlive: { time: 10_000, timeout: 4_000 },
    retry: { maxAttempts: 10, minTimeout: 25, maxTimeout: 1_000 },
    requireLeader: true,
    maxSendBytes: 2_097_152,
    maxReceiveBytes: Infinity,
    transport: "native",
    dialer: undefined,
    middleware: [],
  });
});

test("a namespace becomes the keyspace, and one that is no key is refused", () => {
  const { keyspace } = resolve({ namespace: "app/" });
  assertEquals(keyspace.absolute(new Uint8Array([1])), new Uint8Array([0x61, 0x70, 0x70, 0x2f, 1]));
  assertThrows(() => resolve({ namespace: "\ud800" }), TypeError, "namespace");
});

test("credentials are either a password or a token", () => {
  assertEquals(resolve({ credentials: { token: "t" } }).credentials, { token: "t" });
  const named = { username: "u", password: "" };
  assertEquals(resolve({ credentials: named }).credentials, named);
  const wrong = [
    { username: "u", password: "canary", token: "t" },
    { password: "canary", token: "t" },
    { username: "u" },
    { username: "", password: "canary" },
    { token: "" },
    {},
  ];
  for (const credentials of wrong) {
    const error = assertThrows(() => resolve(loosely({ credentials })), TypeError, "credentials");
    assert(!error.message.includes("canary"));
  }
});

test("credentials that cannot be sent are refused before they are tried, and not repeated", () => {
  const unsendable = [
    { token: "canary\n" },
    { token: "canäry" },
    { username: "canary\ud800", password: "p" },
    { username: "u", password: "canary\ud800" },
  ];
  for (const credentials of unsendable) {
    const { message } = assertThrows(() => resolve({ credentials }), TypeError, "cannot be sent");
    assert(!message.includes("canary"), message);
  }
});

test("what is called, listed or chosen has to be of its kind", () => {
  const wrong = {
    dialer: ["x", {}],
    onEvent: ["x", {}],
    middleware: ["x", ["x"], () => {}],
    tls: ["pem", 1, null],
    transport: ["grpc", {}],
    requireLeader: ["no", 0],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      assertThrows(() => resolve(loosely({ [name]: value })), TypeError, `Cannot use ${name}`);
    }
  }
});

test("times are finite numbers of milliseconds", () => {
  for (const name of ["timeout", "connectTimeout"]) {
    for (const value of [NaN, -1, Infinity]) {
      assertThrows(() => resolve(loosely({ [name]: value })), RangeError, name);
    }
    assertThrows(() => resolve(loosely({ [name]: "1" })), TypeError, name);
  }
  assertEquals(resolve({ timeout: 0 }).timeout, 0);
  assertEquals(milliseconds(1e12, "timeout"), 2 ** 31 - 1, "longer than a timer can be");
});

test("keep-alive never asks more often than etcd bears", () => {
  assertEquals(resolve({ keepAlive: false }).keepAlive, undefined);
  assertEquals(resolve({ keepAlive: { time: 6_000 } }).keepAlive, { time: 6_000, timeout: 4_000 });
  assertThrows(() => resolve({ keepAlive: { time: 5_999 } }), RangeError, "keepAlive.time");
  for (const timeout of [NaN, 0]) {
    assertThrows(() => resolve({ keepAlive: { timeout } }), RangeError, "keepAlive.timeout");
  }
});

test("retries are counted and bounded", () => {
  assertEquals(resolve({ retry: false }).retry.maxAttempts, 1);
  assertEquals(resolve({ retry: { minTimeout: 5_000 } }).retry.maxTimeout, 5_000);
  assertThrows(() => resolve({ retry: { maxAttempts: 0 } }), RangeError, "maxAttempts");
  assertThrows(() => resolve({ retry: { minTimeout: 10, maxTimeout: 5 } }), RangeError, "maxTimeout");
});

test("message limits are whole numbers of bytes", () => {
  assertEquals(resolve({ maxReceiveBytes: 1 }).maxReceiveBytes, 1);
  for (const name of ["maxSendBytes", "maxReceiveBytes"]) {
    for (const value of [0, -1, 1.5, NaN]) {
      assertThrows(() => resolve(loosely({ [name]: value })), RangeError, name);
    }
  }
});

test("endpoints are read once each, and a list of none is refused", () => {
  const names = checkedEndpoints(["h:1", "http://h:1", "h:2"], undefined).map(({ name }) => name);
  assertEquals(names, ["h:1", "h:2"]);
  assertThrows(() => checkedEndpoints([], undefined), TypeError, "empty");
  assertThrows(() => checkedEndpoints("nowhere", undefined), TypeError, "nowhere");
});

test("an observer's mistakes do not reach the client", () => {
  const event: ClientEvent = { type: "reauthenticated" };
  const throwing = resolve({
    onEvent: () => {
      throw new Error("observer");
    },
  });
  throwing.emit(event);
  resolve(loosely({ onEvent: () => Promise.reject(new Error("observer")) })).emit(event);
  resolve({}).emit(event);
});

test("counts are whole numbers", () => {
  assertEquals(wholeNumber(0, "limit", 0), 0);
  for (const value of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
    assertThrows(() => wholeNumber(value, "limit", 0), RangeError, "limit");
  }
  for (const value of ["1", 1n, null]) {
    assertThrows(() => wholeNumber(value as unknown as number, "limit", 0), TypeError, "limit");
  }
});

test("a time to live is a whole number of seconds from 1 on", () => {
  assertEquals(ttlSeconds(1), 1);
  for (const value of [0, 1.5, -1, NaN]) assertThrows(() => ttlSeconds(value), RangeError, "ttl (seconds)");
});

test("64-bit numbers are bigints within their range", () => {
  assertEquals([int64(2n ** 63n - 1n, "lease"), int64(-(2n ** 63n), "lease")], [
    2n ** 63n - 1n,
    -(2n ** 63n),
  ]);
  assertThrows(() => int64(2n ** 63n, "lease"), RangeError, "lease");
  assertThrows(() => int64(-1n, "revision", 0n), RangeError, "revision -1");
  for (const value of [1, "1", null]) {
    assertThrows(() => int64(value as unknown as bigint, "revision"), TypeError, "expected a bigint");
  }
});

test("a flag is a boolean or nothing", () => {
  assertEquals([flag(true, "prevKv"), flag(false, "prevKv"), flag(undefined, "prevKv")], [
    true,
    false,
    false,
  ]);
  for (const value of [1, "yes", null]) {
    assertThrows(() => flag(value as unknown as boolean, "prevKv"), TypeError, "prevKv");
  }
});

test("an event becomes JSON for who logs it", () => {
  const logged: string[] = [];
  const { emit } = resolve({ onEvent: (event) => logged.push(JSON.stringify(event)) });
  emit({ type: "leaseLost", lease: 7n });
  emit({ type: "watchResumed", revision: 8n });
  assertEquals(logged, ['{"type":"leaseLost","lease":"7"}', '{"type":"watchResumed","revision":"8"}']);
});
