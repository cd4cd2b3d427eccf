/**
 * Two tenants with the same keys do not see each other's.
 *
 * @module
 */

import { EtcdClient } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";
import { show } from "./shared/show.ts";

const etcd = new EtcdClient(endpoint);
await using communicator = await etcd.connect();
const red = communicator.namespace("tenants/red/");
const blue = communicator.namespace("tenants/blue/");

await red.put("colour", "red");
await blue.put("colour", "blue");
console.log(await red.get("colour"), await blue.get("colour")); // red blue
console.log(show(await communicator.keysPrefix("tenants/"))); // ['tenants/blue/colour', 'tenants/red/colour']

await red.delete({ all: true });
console.log(show(await communicator.keysPrefix("tenants/"))); // ['tenants/blue/colour']

await blue.delete({ all: true });
