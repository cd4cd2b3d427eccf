/**
 * A client for [etcd](https://etcd.io): keys, transactions, watches, leases and locks, on Deno, Bun and Node.
 * @module
 */
