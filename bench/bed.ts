/**
 * What stands around the measurements: the server, what is stored on it, and who writes while others watch.
 *
 * @module
 */

import { EtcdClient, type EtcdCommunicator } from "../mod.ts";
import { EtcdServer } from "../src/testing/mod.ts";
import { script } from "./contenders.ts";
import { WorkerProcess } from "./worker_process.ts";
import { GET_KEY, RANGE_KEYS, RANGE_PREFIX, RANGE_VALUE, SMALL_VALUE } from "./workers/protocol.ts";

/** Puts of a transaction; the server takes 128. */
const BATCH = 100;

/** A server with data. */
export class Bed implements AsyncDisposable {
  /** What contenders connect to, as `host:port`. */
  readonly endpoint: string;
  /** A process that puts while others watch. */
  readonly producer: WorkerProcess;
  readonly server: EtcdServer;
  /** The store's revision when it was marked. */
  marked = 0n;
  readonly #client: EtcdClient;
  readonly #communicator: EtcdCommunicator;

  private constructor(
    server: EtcdServer,
    client: EtcdClient,
    communicator: EtcdCommunicator,
    producer: WorkerProcess,
  ) {
    this.server = server;
    this.endpoint = hostOf(server);
    this.#client = client;
    this.#communicator = communicator;
    this.producer = producer;
  }

  /** Starts the server and stores what is read later. */
  static async make(): Promise<Bed> {
    const server = await EtcdServer.start();
    const client = new EtcdClient(server.endpoint);
    const communicator = await client.connect();
    await communicator.put(GET_KEY, "v".repeat(SMALL_VALUE));
    await fill(communicator, RANGE_PREFIX, RANGE_KEYS, RANGE_VALUE);
    const producer = await WorkerProcess.start([
      ...script("deno", "bench/workers/etcetra", false),
      hostOf(server),
    ]);
    return new Bed(server, client, communicator, producer);
  }

  /** Remembers the store's revision. */
  async markRevision(): Promise<void> {
    this.marked = await this.#revision();
  }

  /** Drops history, which would make the server slower from round to round. */
  async compact(): Promise<void> {
    await this.#communicator.compact(await this.#revision());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.producer[Symbol.asyncDispose]();
    await this.#client.close();
    await this.server.close();
  }

  async #revision(): Promise<bigint> {
    return (await this.#communicator.range(GET_KEY)).revision;
  }
}

/** Writes so many keys of so many bytes each. */
export async function fill(
  communicator: EtcdCommunicator,
  prefix: string,
  keys: number,
  bytes: number,
): Promise<void> {
  const value = "v".repeat(bytes);
  for (let first = 0; first < keys; first += BATCH) {
    await communicator.txn((t) => {
      const last = Math.min(first + BATCH, keys);
      for (let i = first; i < last; i++) t.put(`${prefix}${String(i).padStart(7, "0")}`, value);
    });
  }
}

/** Host and port of a server without TLS. */
export function hostOf({ endpoint }: EtcdServer): string {
  return endpoint.replace("http://", "");
}
