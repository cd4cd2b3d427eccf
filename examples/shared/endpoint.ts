/**
 * Where the examples find etcd: the environment variable ETCD_ENDPOINT, else the usual port of this machine.
 *
 * @module
 */

import process from "node:process";

/** For example `127.0.0.1:2379`. */
export const endpoint: string = process.env.ETCD_ENDPOINT || "127.0.0.1:2379";
