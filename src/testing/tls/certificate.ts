/**
 * X.509 certificates (RFC 5280) for tests: ECDSA with P-256, through WebCrypto.
 *
 * @module
 */

import * as der from "./der.ts";

/** What certificates are signed with, and for. */
export const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE_ALGORITHM = { name: "ECDSA", hash: "SHA-256" } as const;

/** Object identifiers of RFC 5280 and RFC 5758. */
const Oid = {
  COMMON_NAME: "2.5.4.3",
  ORGANIZATION: "2.5.4.10",
  SUBJECT_KEY_IDENTIFIER: "2.5.29.14",
  KEY_USAGE: "2.5.29.15",
  SUBJECT_ALT_NAME: "2.5.29.17",
  BASIC_CONSTRAINTS: "2.5.29.19",
  AUTHORITY_KEY_IDENTIFIER: "2.5.29.35",
  EXTENDED_KEY_USAGE: "2.5.29.37",
  SERVER_AUTH: "1.3.6.1.5.5.7.3.1",
  CLIENT_AUTH: "1.3.6.1.5.5.7.3.2",
  ECDSA_WITH_SHA256: "1.2.840.10045.4.3.2",
} as const;

/** Who a certificate is of. */
export interface Subject {
  /** @default none, as etcd takes it for a user's name */
  readonly commonName?: string;
  /** What tells authorities apart. */
  readonly organization: string;
}

/** The one who signs. */
export interface Issuer {
  readonly subject: Subject;
  readonly keys: CryptoKeyPair;
}

/** What stands in a certificate, beside what follows from its keys. */
export interface CertificateFields {
  readonly subject: Subject;
  readonly publicKey: CryptoKey;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** An authority's, or of one who proves who it is to the other side. */
  readonly use: "authority" | "server" | "client";
  /** Host names and IPv4 or IPv6 addresses. */
  readonly names?: readonly string[];
}

/**
 * Makes a certificate.
 *
 * @returns Its PEM text.
 */
export async function certificate(fields: CertificateFields, issuer: Issuer): Promise<string> {
  const algorithm = der.sequence(der.objectIdentifier(Oid.ECDSA_WITH_SHA256));
  const body = der.sequence(
    der.explicit(0, der.unsigned(Uint8Array.of(2))), // version 3
    der.unsigned(crypto.getRandomValues(new Uint8Array(16))), // serial number
    algorithm,
    name(issuer.subject),
    der.sequence(der.time(fields.notBefore), der.time(fields.notAfter)),
    name(fields.subject),
    await exported(fields.publicKey),
    der.explicit(3, der.sequence(...await extensions(fields, issuer))),
  );
  const signature = await crypto.subtle.sign(SIGNATURE_ALGORITHM, issuer.keys.privateKey, body);
  const signed = der.sequence(body, algorithm, der.bitString(ecdsaSignature(new Uint8Array(signature))));
  return pem("CERTIFICATE", signed);
}

/** PEM text of a private key. */
export async function privateKeyPem(key: CryptoKey): Promise<string> {
  return pem("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", key)));
}

async function exported(publicKey: CryptoKey): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.exportKey("spki", publicKey));
}

/** r and s side by side, as WebCrypto gives them, become a sequence of two numbers. */
function ecdsaSignature(raw: Uint8Array): Uint8Array {
  return der.sequence(der.unsigned(raw.subarray(0, 32)), der.unsigned(raw.subarray(32)));
}

function name({ commonName, organization }: Subject): Uint8Array {
  const attribute = (oid: string, value: string) =>
    der.set(der.sequence(der.objectIdentifier(oid), der.utf8String(value)));
  const attributes = [attribute(Oid.ORGANIZATION, organization)];
  if (commonName !== undefined) attributes.push(attribute(Oid.COMMON_NAME, commonName));
  return der.sequence(...attributes);
}

async function extensions(fields: CertificateFields, issuer: Issuer): Promise<Uint8Array[]> {
  const list = [
    extension(Oid.SUBJECT_KEY_IDENTIFIER, der.octetString(await keyIdentifier(fields.publicKey))),
    extension(
      Oid.AUTHORITY_KEY_IDENTIFIER,
      der.sequence(der.implicit(0, await keyIdentifier(issuer.keys.publicKey))),
    ),
    ...usage(fields.use),
  ];
  if (fields.names?.length) {
    list.push(extension(Oid.SUBJECT_ALT_NAME, der.sequence(...fields.names.map(generalName))));
  }
  return list;
}

function extension(oid: string, value: Uint8Array, critical = false): Uint8Array {
  const flag = critical ? [der.booleanTrue()] : [];
  return der.sequence(der.objectIdentifier(oid), ...flag, der.octetString(value));
}

/** The hash of the public key, which tells keys apart (RFC 5280, 4.2.1.2; RFC 7093). */
async function keyIdentifier(publicKey: CryptoKey): Promise<Uint8Array> {
  const hash = await crypto.subtle.digest("SHA-256", await crypto.subtle.exportKey("raw", publicKey));
  return new Uint8Array(hash).subarray(0, 20);
}

function usage(use: CertificateFields["use"]): Uint8Array[] {
  const keyUsage = (bits: number, unusedBits: number) =>
    extension(Oid.KEY_USAGE, der.bitString(Uint8Array.of(bits), unusedBits), true);
  if (use === "authority") {
    const keyCertSignAndCrlSign = keyUsage(0b0000_0110, 1);
    return [extension(Oid.BASIC_CONSTRAINTS, der.sequence(der.booleanTrue()), true), keyCertSignAndCrlSign];
  }
  // With client certificates on, etcd's own JSON gateway dials etcd with the server's certificate.
  const purposes = use === "server" ? [Oid.SERVER_AUTH, Oid.CLIENT_AUTH] : [Oid.CLIENT_AUTH];
  const digitalSignature = keyUsage(0b1000_0000, 7);
  return [
    extension(Oid.BASIC_CONSTRAINTS, der.sequence(), true),
    digitalSignature,
    extension(Oid.EXTENDED_KEY_USAGE, der.sequence(...purposes.map(der.objectIdentifier))),
  ];
}

function generalName(host: string): Uint8Array {
  const address = ipAddress(host);
  return address ? der.implicit(7, address) : der.implicit(2, new TextEncoder().encode(host));
}

/** The bytes of an IPv4 or IPv6 address; undefined for a host name. */
function ipAddress(host: string): Uint8Array | undefined {
  if (/^\d+(\.\d+){3}$/.test(host)) return Uint8Array.from(host.split("."), Number);
  if (!host.includes(":")) return undefined;
  const [head, tail] = host.split("::").map((half) => half.split(":").filter(Boolean));
  const zeros = Array<string>(tail ? 8 - head.length - tail.length : 0).fill("0");
  const groups = [...head, ...zeros, ...(tail ?? [])].map((group) => parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...bytes)).match(/.{1,64}/g)!;
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
