/**
 * What etcdctl needs to reach a server, as the environment variables it reads.
 *
 * @module
 */

import { certificateFiles } from "./certificate_files.ts";
import type { Setup } from "./setup.ts";

/** By environment, as a password on a command line is there for everyone to see. */
export function etcdctlEnvironment(
  endpoint: string,
  directory: string,
  { tls, rootPassword }: Setup,
): Readonly<Record<string, string>> {
  const files = certificateFiles(directory);
  return {
    ETCDCTL_ENDPOINTS: endpoint,
    // Its own 2 s and 5 s are little on a busy machine.
    ETCDCTL_DIAL_TIMEOUT: "30s",
    ETCDCTL_COMMAND_TIMEOUT: "30s",
    ...(tls && { ETCDCTL_CACERT: files.ca }),
    ...(tls?.client && { ETCDCTL_CERT: files.clientCert, ETCDCTL_KEY: files.clientKey }),
    ...(rootPassword !== undefined && { ETCDCTL_USER: `root:${rootPassword}` }),
  };
}
