/**
 * Certificates and keys (RFC 7468), read before any runtime sees them: some ignore what they cannot read. No
 * message repeats what was given.
 *
 * @module
 */

import type { TlsOptions } from "../../socket.ts";
import { elements, Tag } from "./der.ts";
import { isHostName, isIpAddress } from "./host.ts";

/** What TLS options hold, without what else stood in their texts. */
export interface PemBlocks {
  /** Certificates of authorities, one a text; undefined for those of the runtime. */
  readonly caCerts: string[] | undefined;
  /** The client's certificate and its intermediates, one a text; empty for none. */
  readonly certs: readonly string[];
  readonly key: string | undefined;
}

interface Block {
  /** The whole of it, with its first and its last line. */
  readonly text: string;
  readonly label: string;
  /** What stands between the lines, base64 and perhaps headers. */
  readonly body: string;
}

/** A block, and a line that begins or ends one without its counterpart. */
const BLOCK = /-----BEGIN ([^\r\n]*?)-----([\s\S]*?)-----END \1-----|-----(?:BEGIN|END) /g;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The elements that each kind of block begins with: RFC 5280, section 4.1; RFC 5958; RFC 8017, A.1.2; RFC 5915. */
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  "CERTIFICATE": [Tag.SEQUENCE, Tag.SEQUENCE, Tag.BIT_STRING],
  "PRIVATE KEY": [Tag.INTEGER, Tag.SEQUENCE, Tag.OCTET_STRING],
  "RSA PRIVATE KEY": Array(9).fill(Tag.INTEGER),
  "EC PRIVATE KEY": [Tag.INTEGER, Tag.OCTET_STRING],
};

/**
 * Checks TLS options.
 *
 * @throws {TypeError} Which option cannot be used, and why.
 */
export function assertPem(tls: TlsOptions): void {
  if (typeof tls !== "object" || tls === null) {
    throw new TypeError(
      `Cannot use tls: expected an object with PEM texts, got ${tls === null ? tls : typeof tls}`,
    );
  }
  readPem(tls);
}

/**
 * Reads TLS options.
 *
 * @throws {TypeError} Which option cannot be used, and why.
 */
export function readPem({ caCerts, cert, key, serverName }: TlsOptions): PemBlocks {
  if (caCerts !== undefined && !Array.isArray(caCerts)) {
    throw unusable("caCerts", "expected a list of PEM texts");
  }
  if (caCerts?.length === 0) {
    throw unusable("caCerts", "the list is empty; leave it out to trust the runtime's authorities");
  }
  if (cert !== undefined && key === undefined) throw unusable("cert", "it needs tls.key");
  if (key !== undefined && cert === undefined) throw unusable("key", "it needs tls.cert");
  if (serverName !== undefined && !isHostName(serverName) && !isIpAddress(serverName)) {
    throw unusable("serverName", "it is neither a host name nor an IP address");
  }
  return {
    caCerts: caCerts?.flatMap((text, index) => certificates(`caCerts[${index}]`, text)),
    certs: cert === undefined ? [] : certificates("cert", cert),
    key: key === undefined ? undefined : privateKey(key),
  };
}

function certificates(option: string, text: unknown): string[] {
  const found = blocks(option, text).filter(({ label }) => label === "CERTIFICATE");
  if (found.length === 0) throw unusable(option, "it holds no certificate");
  for (const block of found) assertShape(option, block, "a certificate");
  return found.map(({ text }) => text);
}

function privateKey(text: unknown): string {
  const found = blocks("key", text).filter(({ label }) => label.endsWith("PRIVATE KEY"));
  if (found.length === 0) throw unusable("key", "it holds no private key");
  if (found.length > 1) throw unusable("key", "it holds several private keys");
  const [key] = found;
  if (key.label.startsWith("ENCRYPTED") || key.body.includes("ENCRYPTED")) {
    throw unusable("key", "the private key is encrypted");
  }
  if (!Object.hasOwn(SHAPES, key.label)) {
    throw unusable("key", "expected a PKCS#8, PKCS#1 or SEC1 private key");
  }
  assertShape("key", key, "the private key");
  return key.text;
}

function blocks(option: string, text: unknown): Block[] {
  if (typeof text !== "string") throw unusable(option, "expected a PEM text");
  return [...text.matchAll(BLOCK)].map(([text, label, body]) => {
    if (label === undefined) throw unusable(option, "a line that begins or ends a block stands alone");
    return { text, label, body };
  });
}

function assertShape(option: string, { label, body }: Block, what: string): void {
  const base64 = body.replace(/\s+/g, "");
  if (base64 === "" || !BASE64.test(base64)) throw unusable(option, `${what} in it is not base64`);
  const found = elements(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  if (found === undefined || !SHAPES[label].every((tag, index) => found[index] === tag)) {
    throw unusable(option, `${what} in it is damaged`);
  }
}

function unusable(option: string, found: string): TypeError {
  return new TypeError(`Cannot use tls.${option}: ${found}`);
}
