/**
 * TLS options as `node:tls` takes them, checked where it would be silent or say too little.
 *
 * @module
 */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import type { TlsOptions } from "../../socket.ts";
import { readPem } from "./pem.ts";

/**
 * Certificates and key of a client, ready for use.
 *
 * @throws {TypeError} Which option cannot be used, and why.
 */
export function tlsContext(tls: TlsOptions): SecureContext {
  const { caCerts, certs, key } = readPem(tls);
  // Node shows no certificate when its key is of another type, and Deno's message does not speak of keys.
  if (key !== undefined && !accepted(() => belongs(key, certs[0]))) {
    throw new TypeError("Cannot use tls.key: it does not belong to tls.cert");
  }
  const cert = key === undefined ? undefined : certs.join("\n");
  return accepted(() => createSecureContext({ ca: caCerts, cert, key }));
}

function belongs(key: string, cert: string): boolean {
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}

function accepted<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new TypeError("Cannot use the certificates and key in tls: the runtime refuses them", { cause });
  }
}
