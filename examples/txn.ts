/**
 * A transaction without compares: its operations run together, at one revision.
 *
 * @module
 */

import { EtcdClient } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";
import { show } from "./shared/show.ts";

const etcd = new EtcdClient(endpoint);
await using communicator = await etcd.connect();

await communicator.put("cmpkey1", "foo");
await communicator.put("cmpkey2", "baz");
const { values } = await communicator.txn((action) => {
  action.get("cmpkey1");
  action.get("cmpkey2");
});
console.log(show(values)); // ['foo', 'baz']

// Returned operations give their values their types: here [string | null, number].
const typed = await communicator.txn((action) => [action.get("cmpkey1"), action.count({ prefix: "cmpkey" })]);
const [foo, count] = typed.values;
console.log(foo?.toUpperCase(), count.toFixed(0)); // FOO 2

await communicator.deletePrefix("cmpkey");
