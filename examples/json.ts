/**
 * Values as JSON, checked by a schema when they are read. Any library of https://standardschema.dev will do, such as
 * Zod, Valibot or ArkType; this one is written by hand.
 *
 * @module
 */

import { EtcdClient, EtcdDecodeError, jsonCodec, type StandardSchema } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";

interface Service {
  readonly host: string;
  readonly port: number;
}

const serviceSchema: StandardSchema<Service> = {
  "~standard": {
    version: 1,
    vendor: "example",
    validate(value) {
      const { host, port } = value as Partial<Service>;
      if (typeof host !== "string") return { issues: [{ message: "expected a text", path: ["host"] }] };
      if (typeof port !== "number") return { issues: [{ message: "expected a number", path: ["port"] }] };
      return { value: { host, port } };
    },
  },
};

const etcd = new EtcdClient(endpoint);
await using communicator = await etcd.connect();
const services = communicator.withCodec(jsonCodec(serviceSchema));

await services.put("service", { host: "10.0.0.1", port: 80 });
const service = await services.get("service");
console.log(service?.host, service?.port); // 10.0.0.1 80

await communicator.put("service", '{"host":"10.0.0.1","port":"eighty"}');
try {
  await services.get("service");
} catch (error) {
  if (!(error instanceof EtcdDecodeError)) throw error;
  for (const { path, message } of error.issues) console.log(path.join("."), message); // port expected a number
}

await communicator.delete("service");
