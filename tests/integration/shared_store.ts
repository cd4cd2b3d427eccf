/**
 * One etcd for all tests of a file, each with a namespace of its own. It ends with the process.
 *
 * @module
 */

import { EtcdClient, type EtcdClientOptions, type EtcdCommunicator } from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";

const server = await EtcdServer.start();
let tests = 0;

/**
 * Runs a test's body in an empty namespace.
 *
 * @param body Gets a communicator of the namespace, and one of the whole store with the namespace's prefix.
 */
export async function withStore(
  body: (c: EtcdCommunicator, root: EtcdCommunicator, prefix: string) => Promise<void>,
  options: EtcdClientOptions = {},
): Promise<void> {
  await using client = new EtcdClient(server.endpoint, { ...server.clientOptions, ...options });
  await using root = await client.connect();
  const prefix = `test-${++tests}/`;
  await body(root.namespace(prefix), root, prefix);
}
