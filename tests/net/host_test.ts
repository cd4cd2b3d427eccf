import { assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import { authority, isHostName, isIpAddress } from "../../src/transport/net/host.ts";

test("addresses are told from names", () => {
  for (
    const address of ["127.0.0.1", "255.255.255.255", "0.0.0.0", "::1", "::", "2001:db8::1", "fe80::1%eth0"]
  ) {
    assertEquals([isIpAddress(address), isHostName(address)], [true, false], address);
  }
  for (
    const name of ["localhost", "etcd.example", "etcd-0.etcd", "a_b.example.", "1.2.3", "1.2.3.4.5", "x1"]
  ) {
    assertEquals([isIpAddress(name), isHostName(name)], [false, true], name);
  }
  for (const junk of ["", "[::1]", "::1::", "a:b", "a b", "-a", "a..b", ".", "a/b", "é", "1.2.3.4:5"]) {
    assertEquals([isIpAddress(junk), isHostName(junk)], [false, false], junk);
  }
  assertEquals(isIpAddress("256.0.0.1"), false);
});

test("an IPv6 address stands in brackets before a port", () => {
  assertEquals(authority("::1", 2379), "[::1]:2379");
  assertEquals(authority("etcd.example", 2379), "etcd.example:2379");
});
