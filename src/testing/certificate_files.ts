/**
 * The certificates in a member's directory: etcd and etcdctl take them as files.
 *
 * @module
 */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { IssuedCertificate } from "./tls/test_ca.ts";

/** Paths of PEM files. */
export interface CertificateFiles {
  /** The authority that both sides trust. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

/** Where a member's certificates are. */
export function certificateFiles(directory: string): CertificateFiles {
  const file = (name: string) => join(directory, "tls", name);
  return {
    ca: file("ca.pem"),
    cert: file("server.pem"),
    key: file("server-key.pem"),
    clientCert: file("client.pem"),
    clientKey: file("client-key.pem"),
  };
}

/** Writes those of the certificates that are given. */
export async function writeCertificates(
  directory: string,
  { ca, server, client }: { ca?: string; server?: IssuedCertificate; client?: IssuedCertificate },
): Promise<void> {
  const files = certificateFiles(directory);
  const texts: [path: string, text: string | undefined][] = [
    [files.ca, ca],
    [files.cert, server?.cert],
    [files.key, server?.key],
    [files.clientCert, client?.cert],
    [files.clientKey, client?.key],
  ];
  await mkdir(join(directory, "tls"), { recursive: true });
  for (const [path, text] of texts) {
    if (text !== undefined) await writeFile(path, text, { mode: 0o600 });
  }
}
