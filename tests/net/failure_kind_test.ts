import { assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import type { DialErrorKind } from "../../src/transport/net/dial_error.ts";
import { failureKind } from "../../src/transport/net/failure_kind.ts";

/** Errors as Deno 2.9, Bun 1.4, Node 24 and workerd throw them: name, code, message. */
const SEEN: readonly (readonly [DialErrorKind, string, string | undefined, string])[] = [
  ["refused", "ConnectionRefused", "ECONNREFUSED", "Connection refused (os error 111)"],
  ["refused", "AggregateError", "ECONNREFUSED", ""],
  ["unresolved", "Error", undefined, "failed to lookup address information: Name or service not known"],
  ["unresolved", "Error", "ENOTFOUND", "getaddrinfo ENOTFOUND nowhere.example"],
  ["unresolved", "DNSException", "ENOTFOUND", "getaddrinfo ENOTFOUND nowhere.example"],
  ["unresolved", "Error", "EAI_AGAIN", "getaddrinfo EAI_AGAIN nowhere.example"],
  ["unresolved", "URIError", undefined, "invalid host 'a..b': empty label found in FQDN"],
  ["unreachable", "TimedOut", "ETIMEDOUT", "Connection timed out (os error 110)"],
  ["unreachable", "Error", "ENETUNREACH", "connect ENETUNREACH 10.0.0.1:2379"],
  ["denied", "NotCapable", undefined, 'Requires net access to "10.0.0.1:2379"'],
  ["denied", "Error", "EPERM", "getaddrinfo EPERM nowhere.example"],
  ["certificate", "Error", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate"],
  ["certificate", "Error", "SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain"],
  ["certificate", "Error", "CERT_HAS_EXPIRED", "certificate has expired"],
  ["certificate", "Error", "CERT_NOT_YET_VALID", "certificate is not yet valid"],
  ["host-name", "Error", "ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match certificate's altnames"],
  ["alpn", "Error", "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL", "fatal alert: NoApplicationProtocol"],
  ["identity", "Error", "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "fatal alert: CertificateRequired"],
  ["identity", "Error", "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "tlsv1 alert unknown ca"],
  ["identity", "Error", "ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", "ssl/tls alert bad certificate"],
  ["tls", "Error", "ERR_SSL_WRONG_VERSION_NUMBER", "wrong version number"],
  ["tls", "Error", "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "tlsv1 alert protocol version"],
  ["lost", "Error", "ECONNRESET", "read ECONNRESET"],
  ["lost", "ConnectionReset", "ECONNRESET", "Connection reset by peer (os error 104)"],
  ["unreachable", "Error", undefined, "proxy request failed, cannot connect to the specified address"],
  ["lost", "Error", undefined, "Network connection lost."],
  ["other", "Error", undefined, "something else"],
];

test("the runtimes' errors are told apart", () => {
  for (const [kind, name, code, message] of SEEN) {
    const error = Object.assign(new Error(message), { name, code });
    assertEquals(failureKind(error), kind, `${name} ${code} ${message}`);
  }
});

test("of several addresses the last one's error counts", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  assertEquals(failureKind(new AggregateError([new Error("?"), refused])), "refused");
  assertEquals(failureKind(new AggregateError([])), "other");
});

test("what is no error has no kind", () => {
  for (const thrown of [undefined, null, "ECONNREFUSED", 7]) assertEquals(failureKind(thrown), "other");
});
