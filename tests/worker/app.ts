/**
 * The worker that the tests run in workerd: one scenario a path, answered as JSON.
 *
 * @module
 */

import { connect } from "cloudflare:sockets";
import { EtcdClient, type EtcdClientOptions, type EtcdCommunicator, workerdDialer } from "@etcetra/etcd";
import { tour } from "../../examples/quickstart.ts";

/** What config.capnp gives the worker. */
interface Environment {
  readonly ETCD_ENDPOINT: string;
  readonly KEEPER: {
    idFromName(name: string): unknown;
    get(id: unknown): { fetch(url: string): Promise<Response> };
  };
}

type Scenario = (etcd: string, env: Environment) => unknown;

/** What nobody caught. */
const unhandled: string[] = [];
addEventListener("unhandledrejection", ({ reason }) => void unhandled.push(String(reason)));

/** A client that outlives requests: a durable object may have one, as its sockets are its own. */
export class Keeper {
  readonly #client: EtcdClient;
  readonly #connecting: Promise<EtcdCommunicator>;

  constructor(_state: unknown, env: Environment) {
    this.#client = new EtcdClient(env.ETCD_ENDPOINT);
    this.#connecting = this.#client.connect();
  }

  /** Adds a key and tells how many there are; closes the client for `/close`. */
  async fetch(request: Request): Promise<Response> {
    const communicator = await this.#connecting;
    if (request.url.endsWith("/close")) {
      await this.#client.close();
      return new Response();
    }
    await communicator.put(crypto.randomUUID(), "");
    return new Response(String(await communicator.count({ all: true })));
  }
}

const scenarios: Readonly<Record<string, Scenario>> = {
  async tour(etcd) {
    const lines: string[] = [];
    console.log = (line: string) => void lines.push(line);
    await tour(etcd);
    return lines;
  },

  /** A read and a write that nobody may come between. */
  async count(etcd) {
    await using client = new EtcdClient(etcd);
    return await client.withLock("counter-lock", async (c) => {
      const count = Number(await c.get("counter") ?? 0) + 1;
      await c.held.put("counter", String(count));
      return count;
    });
  },

  /** Changes as they come, one on a line, until the response is cancelled or "end" was put. */
  watch(etcd) {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    follow(etcd, writable.getWriter());
    return new Response(readable);
  },

  async namespaces(etcd) {
    await using client = new EtcdClient(etcd, { namespace: "tenants/" });
    await using tenants = await client.connect();
    const red = tenants.namespace("red/");
    await red.put("colour", "red");
    return [await red.get("colour"), await tenants.keysPrefix(""), await red.keysPrefix("")];
  },

  async refusals(etcd) {
    const make = (endpoint: string, options?: EtcdClientOptions) =>
      messageOf(() => new EtcdClient(endpoint, options));
    const client = new EtcdClient(etcd);
    return await Promise.all([
      make("https://10.0.0.1:2379"),
      make("10.0.0.1:2379", { tls: {} }),
      make("https://10.0.0.1:2379", { dialer: workerdDialer(connect) }),
      make("10.0.0.1:2379", { transport: "grpc-js" }),
      messageOf(() => client.setEndpoints(["https://10.0.0.1:2379"])),
      client.endpoints.join(),
    ]);
  },

  async dialer(etcd) {
    await using client = new EtcdClient(etcd, { dialer: workerdDialer(connect) });
    await using communicator = await client.connect();
    await communicator.put("k", "v");
    return await communicator.get("k");
  },

  /** Ends without closing anything. */
  async leave(etcd) {
    const communicator = await new EtcdClient(etcd).connect();
    const watcher = communicator.watch("k");
    await watcher.ready;
    return await communicator.count({ all: true });
  },

  /** What a client says that gets no connection in time. */
  async connecting(etcd) {
    await using client = new EtcdClient(etcd, { connectTimeout: 300 });
    return await messageOf(() => client.connect());
  },

  /** A wait that its signal ends. */
  async aborting(etcd) {
    await using client = new EtcdClient(etcd);
    await using locked = await client.withLock("lock");
    return await messageOf(() => locked.lock("lock", { signal: AbortSignal.timeout(50) }));
  },

  unhandled: () => unhandled,

  async keeper(_etcd, { KEEPER }) {
    const keeper = KEEPER.get(KEEPER.idFromName("keeper"));
    return await (await keeper.fetch("http://keeper/")).text();
  },

  async "close-keeper"(_etcd, { KEEPER }) {
    await KEEPER.get(KEEPER.idFromName("keeper")).fetch("http://keeper/close");
    return "closed";
  },

  async middleware(etcd) {
    const seen: string[] = [];
    await using client = new EtcdClient(etcd, {
      middleware: [async function* (call, options) {
        seen.push(call.method.path);
        return yield* call.next(call.request, options);
      }],
    });
    await using communicator = await client.connect();
    await communicator.put("k", "v");
    seen.push(await communicator.get("k") ?? "");
    return seen;
  },
};

async function follow(etcd: string, writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
  const write = (line: string) => writer.write(new TextEncoder().encode(`${line}\n`));
  {
    await using client = new EtcdClient(etcd, { onEvent: ({ type }) => void write(type) });
    await using communicator = await client.connect();
    await using watcher = communicator.watchPrefix("watched/");
    await watcher.ready;
    await write("ready");
    for await (const { value, revision } of watcher) {
      if (value === "end") break;
      await write(`${value} at ${revision}`);
    }
  }
  await writer.close();
}

async function messageOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
    return "nothing was refused";
  } catch (error) {
    return String(error);
  }
}

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    const { pathname } = new URL(request.url);
    try {
      const result = await scenarios[pathname.slice(1)](env.ETCD_ENDPOINT, env);
      return result instanceof Response ? result : Response.json({ result });
    } catch (error) {
      return Response.json({ error: (error as Error).stack });
    }
  },
};
