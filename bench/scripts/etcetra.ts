/**
 * The shortest script that reads a key with our client.
 *
 * @module
 */

import process from "node:process";
import { EtcdClient } from "../../mod.ts";

const client = new EtcdClient(process.argv[2]);
const communicator = await client.connect();
console.log(await communicator.get("bench/get"));
await client.close();
