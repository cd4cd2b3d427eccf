/**
 * Transactions with compares: one branch runs where all of them hold, the other where one does not.
 *
 * @module
 */

import { CompareKey, EtcdClient } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";
import { show } from "./shared/show.ts";

const etcd = new EtcdClient(endpoint);
await using communicator = await etcd.connect();

await communicator.put("cmpkey1", "foo");
await communicator.put("cmpkey2", "baz");

await communicator.put("successkey", "asdf");
const holding = [
  new CompareKey("cmpkey1").value.eq("foo"),
  new CompareKey("cmpkey2").value.gt("bar"),
];
const succeeded = await communicator.txnCompare(holding, (success, _failure) => {
  success.get("successkey");
});
console.log(show(succeeded.values)); // ['asdf']

await communicator.put("failurekey", "asdf");
const failing = [
  new CompareKey("cmpkey1").value.eq("foo"),
  new CompareKey("cmpkey2").value.lt("bar"),
];
const failed = await communicator.txnCompare(failing, (_success, failure) => {
  failure.get("failurekey");
});
console.log(show(failed.values)); // ['asdf']

for (const key of ["cmpkey1", "cmpkey2", "successkey", "failurekey"]) await communicator.delete(key);
