/**
 * TLS options as `node:tls` takes them, for the stock channel.
 *
 * @module
 */

import { createSecureContext, type SecureContext } from "node:tls";
import type { TlsOptions } from "../../socket.ts";

/** Certificates and key of a client, ready for use. */
export function tlsContext(tls: TlsOptions): SecureContext {
  return createSecureContext({
    ca: tls.caCerts === undefined ? undefined : [...tls.caCerts],
    cert: tls.cert,
    key: tls.key,
  });
}
