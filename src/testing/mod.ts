/**
 * Real etcd servers for tests: one, or a cluster, of any version, with TLS and authentication, on free ports and
 * with temporary data, and nothing left afterwards.
 *
 * ```ts
 * import { EtcdClient } from "@etcetra/etcd";
 * import { EtcdServer } from "@etcetra/etcd/testing";
 *
 * await using server = await EtcdServer.start({ tls: true, rootPassword: "secret" });
 * await using client = new EtcdClient(server.endpoint, server.clientOptions);
 * await using communicator = await client.connect();
 * console.log(await communicator.count({ all: true })); // 0
 * ```
 *
 * **Where etcd comes from.** In this order: the program that the environment variable ETCD_BIN names; PATH; the
 * user's cache folder; the official release, whose checksum is verified (ETCD_DOWNLOAD_URL names a mirror); a build
 * with Go; Debian's package. The last three leave it in the cache folder (`XDG_CACHE_HOME` or `~/.cache`, on macOS
 * `~/Library/Caches`, in `etcetra/etcd-X.Y.Z/`).
 *
 * **Platforms.** Linux and macOS, on Deno, Bun and Node; on Windows, in WSL.
 *
 * **Permissions on Deno.** `--allow-run=sh`, through which all that runs is run; `--allow-net=127.0.0.1`;
 * `--allow-read` and `--allow-write` for the folder of temporary files and the cache folder, and `--allow-read` for
 * the folders of PATH; `--allow-env` for ETCD_BIN, ETCD_VERSION, ETCETRA_TRANSPORT, HOME, NODE_V8_COVERAGE, PATH, TMPDIR and
 * XDG_CACHE_HOME. To fetch or build a binary: `--allow-net` for `github.com` and
 * `release-assets.githubusercontent.com`, and all of `--allow-env`, as tools and proxies have settings of their own.
 *
 * @module
 */

export { EtcdCluster } from "./cluster.ts";
export { etcdctl, type EtcdctlOptions, type EtcdctlTarget, startEtcdctl } from "./etcdctl.ts";
export type { EtcdClusterOptions, EtcdServerOptions } from "./options.ts";
export { LineProcess } from "./process/line_process.ts";
export { EtcdServer } from "./server.ts";
export { type IssuedCertificate, type IssueOptions, TestCa } from "./tls/test_ca.ts";
