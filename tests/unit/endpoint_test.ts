import { assert, assertEquals, assertThrows } from "@std/assert";
import { HostPortPair, parseEndpoint } from "../../src/endpoint.ts";
import { isIpAddress } from "../../src/transport/net/host.ts";
import { test } from "../harness.ts";

test("a pair of host and port is read and written", () => {
  assertEquals(HostPortPair.parse("127.0.0.1:2379").toString(), "127.0.0.1:2379");
  assertEquals(`${new HostPortPair("etcd-0.etcd", 1)}`, "etcd-0.etcd:1");
  const v6 = HostPortPair.parse("[::1]:2379");
  assertEquals([v6.host, v6.port, v6.toString()], ["::1", 2379, "[::1]:2379"]);
  assertEquals(new HostPortPair("[::1]", 2379).host, "::1");
});

test("what is no address is refused", () => {
  const wrong = [
    "",
    "host",
    ":2379",
    "host:",
    "::1:2379",
    "host:port",
    "a b:1",
    "host:1/path",
    "user@host:1",
    "[zz]:1",
  ];
  for (const text of wrong) assertThrows(() => HostPortPair.parse(text), TypeError, "Cannot use");
  assertThrows(() => HostPortPair.parse(undefined as unknown as string), TypeError);
  for (const port of [0, 65536, 1.5, NaN, "1" as unknown as number]) {
    assertThrows(() => new HostPortPair("host", port), RangeError, "as a port");
  }
  assertThrows(() => HostPortPair.parse("host:99999"), RangeError);
});

test("an endpoint says by its scheme whether it is secure, otherwise the client's TLS options do", () => {
  assertEquals(parseEndpoint("h:1", false), { host: "h", port: 1, secure: false, name: "h:1" });
  assertEquals(parseEndpoint("h:1", true), { host: "h", port: 1, secure: true, name: "https://h:1" });
  assertEquals(parseEndpoint("http://h:1/", false).secure, false);
  assertEquals(parseEndpoint("https://[::1]:1", false), {
    host: "::1",
    port: 1,
    secure: true,
    name: "https://[::1]:1",
  });
  assertEquals(parseEndpoint(new HostPortPair("h", 1), true).name, "https://h:1");
});

test("plaintext beside TLS options is a contradiction", () => {
  assertThrows(() => parseEndpoint("http://h:1", true), TypeError, "plaintext");
});

test("endpoints with a path, credentials or another scheme are refused", () => {
  for (
    const text of [
      "http://h:1/v3",
      "https://u:p@h:1",
      "unix:///tmp/etcd",
      "grpc://h:1",
      "http://h",
      "https://",
    ]
  ) {
    assertThrows(() => parseEndpoint(text, false), TypeError, "Cannot use");
  }
});

test("what stands before an @ is not repeated, since it may be a password", () => {
  for (const text of ["root:canary@h:1", "http://root:canary@h:1", "https://ca/na@ry@h:1", "root:canary@h"]) {
    for (const tls of [false, true]) {
      const { message } = assertThrows(() => parseEndpoint(text, tls), TypeError, "…@h");
      assert(!/canary|ca.na|ry@/.test(message), message);
    }
  }
  assertThrows(() => new HostPortPair("u:canary@h", 1), TypeError, 'Cannot use "…@h" as a host');
});

test("IP addresses are told from names", () => {
  assertEquals(["127.0.0.1", "::1", "etcd", "1.example"].map(isIpAddress), [true, true, false, false]);
});
