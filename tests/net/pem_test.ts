import { assertEquals, assertThrows } from "@std/assert";
import { generateKeyPairSync } from "node:crypto";
import { test } from "../harness.ts";
import type { TlsOptions } from "../../src/socket.ts";
import { TestCa } from "../../src/testing/tls/test_ca.ts";
import { assertPem, readPem } from "../../src/transport/net/pem.ts";

const ca = await TestCa.create();
const { cert, key } = await ca.issue({ client: "root" });

/** A secret that no message may show. */
const CANARY = "canary0SECRET0canary";

function block(label: string, body: string): string {
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}

function base64(...bytes: number[]): string {
  return btoa(String.fromCharCode(...bytes));
}

test("whole certificates and keys of every encoding are taken", () => {
  assertPem({});
  assertPem({ caCerts: [ca.cert, `# a comment\n${ca.cert}${cert}`] });
  assertPem({ cert: cert.replaceAll("\n", "\r\n"), key });
  for (const type of ["pkcs1", "pkcs8"] as const) {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    assertPem({ cert, key: privateKey.export({ type, format: "pem" }).toString() });
  }
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  assertPem({ cert, key: privateKey.export({ type: "sec1", format: "pem" }).toString() });
  const ed25519 = generateKeyPairSync("ed25519").privateKey;
  assertPem({ cert, key: ed25519.export({ type: "pkcs8", format: "pem" }).toString() });
});

test("only what is of use goes on to the runtime", () => {
  const both = `${key}\n# and\n${cert}${ca.cert}`;
  assertEquals(readPem({ caCerts: [both], cert: both, key: both }), {
    caCerts: [cert.trim(), ca.cert.trim()],
    certs: [cert.trim(), ca.cert.trim()],
    key: key.trim(),
  });
  assertEquals(readPem({}), { caCerts: undefined, certs: [], key: undefined });
});

test("a certificate without a key, and a key without a certificate, are refused", () => {
  assertThrows(() => assertPem({ cert }), TypeError, "Cannot use tls.cert: it needs tls.key");
  assertThrows(() => assertPem({ key }), TypeError, "Cannot use tls.key: it needs tls.cert");
});

test("what is no certificate or key is refused by the name of its option and never shown", () => {
  const damaged = cert.replace(/\n.{64}\n/, "\n");
  const cases: readonly [TlsOptions, string][] = [
    [{ caCerts: [CANARY] }, "tls.caCerts[0]: it holds no certificate"],
    [{ caCerts: [ca.cert, ""] }, "tls.caCerts[1]: it holds no certificate"],
    [{ caCerts: [key] }, "tls.caCerts[0]: it holds no certificate"],
    [{ caCerts: [] }, "tls.caCerts: the list is empty"],
    [{ caCerts: [block("CERTIFICATE", `${CANARY}!`)] }, "tls.caCerts[0]: a certificate in it is not base64"],
    [{ caCerts: [block("CERTIFICATE", "")] }, "tls.caCerts[0]: a certificate in it is not base64"],
    [{ caCerts: [ca.cert.slice(0, -10)] }, "tls.caCerts[0]: a line that begins or ends a block stands alone"],
    [{ caCerts: [ca.cert.slice(10)] }, "tls.caCerts[0]: a line that begins or ends a block stands alone"],
    [{ caCerts: [ca.cert + damaged] }, "tls.caCerts[0]: a certificate in it is damaged"],
    [{ cert: damaged, key }, "tls.cert: a certificate in it is damaged"],
    [{ cert: key, key }, "tls.cert: it holds no certificate"],
    [{ cert, key: CANARY }, "tls.key: it holds no private key"],
    [{ cert, key: cert }, "tls.key: it holds no private key"],
    [{ cert, key: key + key }, "tls.key: it holds several private keys"],
    [{ cert, key: block("PRIVATE KEY", btoa(CANARY)) }, "tls.key: the private key in it is damaged"],
    [{ cert, key: block("ENCRYPTED PRIVATE KEY", btoa(CANARY)) }, "tls.key: the private key is encrypted"],
    [
      { cert, key: block("RSA PRIVATE KEY", `Proc-Type: 4,ENCRYPTED\n\n${btoa(CANARY)}`) },
      "tls.key: the private key is encrypted",
    ],
    [{ cert, key: block("DSA PRIVATE KEY", btoa(CANARY)) }, "tls.key: expected a PKCS#8, PKCS#1 or SEC1"],
    [{ serverName: "" }, "tls.serverName: it is neither a host name nor an IP address"],
    [{ serverName: "https://etcd.example" }, "tls.serverName: it is neither"],
  ];
  for (const [tls, message] of cases) {
    const error = assertThrows(() => assertPem(tls), TypeError, `Cannot use ${message}`);
    assertEquals(error.message.includes(CANARY), false);
  }
});

test("what is no text is refused", () => {
  const bytes = new TextEncoder().encode(cert) as unknown as string;
  assertThrows(() => assertPem({ caCerts: [bytes] }), TypeError, "tls.caCerts[0]: expected a PEM text");
  assertThrows(() => assertPem({ cert: bytes, key }), TypeError, "tls.cert: expected a PEM text");
  const text = ca.cert as unknown as string[];
  assertThrows(() => assertPem({ caCerts: text }), TypeError, "tls.caCerts: expected a list of PEM texts");
});

test("lengths that lie are seen", () => {
  const outer = [0x30, 0x84, 0x7f, 0xff, 0xff, 0xff];
  const cases = [[0x30], [0x30, 0x80], [0x30, 3, 0x30, 5, 0], [0x30, 0x81], [0x30, 0x82, 1], outer, [
    0x31,
    0,
  ]];
  for (const bytes of cases) {
    const text = block("CERTIFICATE", base64(...bytes));
    assertThrows(() => assertPem({ caCerts: [text] }), TypeError, "a certificate in it is damaged");
  }
});

test("a certificate cut or changed at any octet of its frame is refused", () => {
  const octets = atob(cert.replace(/-----[^-]+-----|\s/g, ""));
  for (let length = 1; length < octets.length; length += 7) {
    const text = block("CERTIFICATE", btoa(octets.slice(0, length)));
    assertThrows(() => assertPem({ caCerts: [text] }), TypeError, "a certificate in it is damaged");
  }
  const longer = block("CERTIFICATE", btoa(octets + "\0"));
  assertThrows(() => assertPem({ caCerts: [longer] }), TypeError, "a certificate in it is damaged");
});
