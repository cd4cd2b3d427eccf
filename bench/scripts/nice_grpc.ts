/**
 * The shortest script that reads a key with nice-grpc alone.
 *
 * @module
 */

import process from "node:process";
import { createChannel, createClient } from "nice-grpc";
import { KVDefinition } from "../../proto/gen/kv.ts";
import { getRequest, text } from "../workers/requests.ts";

const channel = createChannel(process.argv[2]);
const { kvs } = await createClient(KVDefinition, channel).range(getRequest("bench/get"));
console.log(text(kvs[0].value));
channel.close();
