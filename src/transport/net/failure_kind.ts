/**
 * What the runtimes' own errors mean. `node:net` and `node:tls` tell by `code`, Deno's own sockets by the class
 * of the error, workers by its message alone.
 *
 * @module
 */

import type { DialErrorKind } from "./dial_error.ts";

/** The first that matches an error's code, name or message decides. */
const KINDS: readonly (readonly [DialErrorKind, RegExp])[] = [
  ["refused", /^(ECONNREFUSED|ConnectionRefused)$/],
  ["denied", /^(NotCapable|PermissionDenied|ERR_ACCESS_DENIED|EACCES|EPERM)$/],
  ["unresolved", /^(ENOTFOUND|EAI_\w+|EDNS\w*)$|^failed to lookup address information|^invalid host /],
  [
    "unreachable",
    /^(E(HOST|NET)(UNREACH|DOWN)|ETIMEDOUT|EADDRNOTAVAIL|TimedOut|NetworkUnreachable|HostUnreachable)$|^proxy request failed/,
  ],
  ["host-name", /^ERR_TLS_CERT_ALTNAME_\w+$|^HOSTNAME_MISMATCH$|not valid for (any )?name/i],
  // X509_V_ERR_*: https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/
  [
    "certificate",
    /^(CERT|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|CRL|ERROR_IN|UNHANDLED_CRITICAL)_|^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$|invalid peer certificate/,
  ],
  ["alpn", /NO_APPLICATION_PROTOCOL|NoApplicationProtocol/],
  // Alerts of RFC 8446, section 6.2, with which a server refuses a client for its certificate.
  [
    "identity",
    /ALERT_(\w*CERTIFICATE\w*|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)$|fatal alert: (\w*Certificate\w*|UnknownCA|AccessDenied|DecryptError)/,
  ],
  [
    "tls",
    /^(ERR_SSL_|ERR_TLS_|EPROTO$|ERR_BORINGSSL)|fatal alert|corrupt message|peer (is incompatible|misbehaved)/,
  ],
  [
    "lost",
    /^(ECONNRESET|ECONNABORTED|EPIPE|ConnectionReset|ConnectionAborted|BrokenPipe|UnexpectedEof)$|^Network connection lost/,
  ],
];

/** What an error of a socket means. */
export function failureKind(error: unknown): DialErrorKind {
  if (!(error instanceof Error)) return "other";
  const { code } = error as { code?: unknown };
  const told = [String(code), error.name, error.message];
  for (const [kind, pattern] of KINDS) if (told.some((text) => pattern.test(text))) return kind;
  // Several addresses were tried, each with an error of its own.
  return error instanceof AggregateError && error.errors.length > 0
    ? failureKind(error.errors.at(-1))
    : "other";
}
