import { assertEquals } from "@std/assert";
import {
  type Codec,
  CompareKey,
  EtcdClient,
  type EtcdClientOptions,
  type EtcdCommunicator,
  jsonCodec,
  type StandardSchema,
} from "../../mod.ts";
import { EtcdServer, TestCa } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { Evidence } from "./evidence.ts";
import { Proxy } from "./lease_proxy.ts";

/** No part of any path, name or message. */
const CANARY = "k4n4ri3nv0g3l";
const VALUE = `${CANARY} in a value`;

/** Runs a body, and holds that none of the secrets was seen in what it gathered, nor in what was logged meanwhile. */
async function secretly(
  secrets: readonly string[],
  body: (evidence: Evidence) => Promise<void>,
): Promise<void> {
  const evidence = new Evidence();
  const { log, info, warn, error, debug } = console;
  const record = (...values: unknown[]) => values.forEach((value) => evidence.add(value));
  Object.assign(console, { log: record, info: record, warn: record, error: record, debug: record });
  try {
    await body(evidence);
  } finally {
    Object.assign(console, { log, info, warn, error, debug });
  }
  assertEquals(evidence.find(...secrets), []);
}

/** A client whose events are evidence, as it is itself. */
function observed(evidence: Evidence, endpoint: string, options: EtcdClientOptions): EtcdClient {
  const client = new EtcdClient(endpoint, { ...options, onEvent: (event) => evidence.add(event) });
  evidence.add(client);
  return client;
}

/** Both ways of calls: straight, and through nice-grpc. */
const WAYS: readonly EtcdClientOptions[] = [
  {},
  {
    middleware: [async function* (call, options) {
      return yield* call.next(call.request, options);
    }],
  },
];

test("no password is seen when it is refused, renewed, or shown with the client", () =>
  secretly([CANARY], async (evidence) => {
    await using server = await EtcdServer.start({
      rootPassword: `${CANARY}-right`,
      args: ["--auth-token-ttl=1"],
    });
    for (const way of WAYS) {
      const credentials = { username: "root", password: `${CANARY}-wrong` };
      await using refused = observed(evidence, server.endpoint, {
        ...server.clientOptions,
        ...way,
        credentials,
      });
      await evidence.failing(() => refused.connect());
      const nobody = { username: "nobody", password: CANARY };
      await using unknown = observed(evidence, server.endpoint, { ...way, credentials: nobody });
      await evidence.failing(() => unknown.connect());
      await using client = observed(evidence, server.endpoint, { ...server.clientOptions, ...way });
      await using c = await client.connect();
      evidence.add(c);
      await new Promise((resolve) => setTimeout(resolve, 3_200));
      evidence.add(await c.put("k", "v"));
      await evidence.failing(() => c.put("k", "v", { lease: 1n }));
    }
    await using silent = observed(evidence, server.endpoint, server.clientOptions);
    await server.pause();
    await evidence.failing(() => silent.connect({ timeout: 100 }));
    await server.resume();
  }));

test("no token is seen when it is refused, or cannot be sent", () =>
  secretly([CANARY], async (evidence) => {
    await using server = await EtcdServer.start({ rootPassword: "secret" });
    for (const way of WAYS) {
      const credentials = { token: `${CANARY}.1` };
      await using client = observed(evidence, server.endpoint, {
        ...server.clientOptions,
        ...way,
        credentials,
      });
      await using c = await client.connect();
      await evidence.failing(() => c.get("k"));
      await evidence.failing(() => c.grantLease(5));
      await evidence.failing(() => c.keepLeaseAliveOnce(5n));
      await evidence.failing(() => c.lock("jobs"));
      const watcher = c.watch("k");
      evidence.add(watcher);
      await evidence.failing(() => watcher[Symbol.asyncIterator]().next());
      // etcd 3.4 tells anyone who its members are.
      if (!server.version.startsWith("3.4.")) await evidence.failing(() => client.sync());
      for (const token of [`${CANARY}\n`, `${CANARY}ü`]) {
        await evidence.failing(() => new EtcdClient(server.endpoint, { ...way, credentials: { token } }));
      }
    }
  }));

test("no endpoint shows the password that somebody wrote into it", () =>
  secretly([CANARY], async (evidence) => {
    for (const endpoint of [`http://root:${CANARY}@h:1`, `root:${CANARY}@h:1`, `https://${CANARY}@h`]) {
      await evidence.failing(() => new EtcdClient(endpoint));
      await evidence.failing(() => new EtcdClient("h:1").setEndpoints([endpoint]));
    }
  }));

/** Lines of a PEM text that are its own. */
function linesOf(pem: string): string[] {
  return pem.split("\n").filter((line) => !line.startsWith("-----") && line.length > 20);
}

test("no key of a certificate is seen when TLS fails", async () => {
  const ca = await TestCa.create();
  const stranger = await TestCa.create();
  const [ours, other] = [await stranger.issue({ client: "" }), await ca.issue({ client: "" })];
  const secrets = [...linesOf(ours.key), ...linesOf(other.key), CANARY];
  await secretly(secrets, async (evidence) => {
    await using server = await EtcdServer.start({ tls: "mutual", ca });
    const caCerts = [ca.cert];
    const { key } = ours;
    const damaged = key.replace(/^(-+BEGIN.*-+\n.{10})/, `$1${CANARY}`);
    const unusable = [
      { caCerts, key },
      { caCerts, cert: ours.cert, key: damaged },
      { caCerts: [key] },
      { caCerts, cert: key, key: ours.cert },
    ];
    for (const tls of unusable) await evidence.failing(() => new EtcdClient(server.endpoint, { tls }));
    const refused = [
      { caCerts, cert: ours.cert, key },
      { caCerts: [stranger.cert], cert: other.cert, key: other.key },
      { caCerts, cert: other.cert, key },
    ];
    for (const tls of refused) {
      for (const given of [tls, () => tls]) {
        const options = { ...server.clientOptions, tls: given, connectTimeout: 2_000, timeout: 2_000 };
        await using client = observed(evidence, server.endpoint, options);
        // With TLS 1.3 a client learns only from its first call that its certificate was refused.
        await evidence.failing(async () => await (await client.connect()).get("k"));
      }
    }
  });
});

/** Values that codecs refuse, in ways that tempt to quote them. */
const quoting: Codec<string> = {
  encode(value) {
    return new TextEncoder().encode(value);
  },
  decode(bytes) {
    throw new Error(`cannot read ${new TextDecoder().decode(bytes)}`, { cause: bytes });
  },
};
const schema: StandardSchema<number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => ({ issues: [{ message: `expected a number, got ${JSON.stringify(value)}` }] }),
  },
};

test("no value is seen in the errors of codecs", () =>
  secretly([CANARY], async (evidence) => {
    await using server = await EtcdServer.start();
    await using client = observed(evidence, server.endpoint, server.clientOptions);
    await using c = await client.connect();
    await c.put("text", VALUE);
    await c.put("json", JSON.stringify({ name: VALUE }));
    const codecs: EtcdCommunicator<unknown>[] = [
      c.withCodec(quoting) as EtcdCommunicator<unknown>,
      c.withCodec(jsonCodec(schema)) as EtcdCommunicator<unknown>,
    ];
    for (const view of codecs) {
      for (const key of ["text", "json"]) {
        await evidence.failing(() => view.get(key));
        await evidence.failing(() => view.getPrefix(key));
        await evidence.failing(() => view.range(key));
        await evidence.failing(() => view.entries(key)[Symbol.asyncIterator]().next());
        await evidence.failing(() => view.txn((t) => [t.getEntry(key)]));
        await evidence.failing(() => view.watch(key, { startRevision: 1n })[Symbol.asyncIterator]().next());
        await evidence.failing(() =>
          view.watch(key, { startRevision: 1n }).batches()[Symbol.asyncIterator]().next()
        );
      }
      await evidence.failing(() => view.delete("json", { prevKv: true }));
      await c.put("json", JSON.stringify({ name: VALUE }));
    }
    await evidence.failing(() => c.put("k", `${VALUE}\ud800`));
    await evidence.failing(() =>
      c.withCodec(jsonCodec()).put("k", { [CANARY]: 1n, toJSON: () => undefined })
    );
  }));

test("no value is seen in the errors of writes that are refused, too large, late, given up or lost", () =>
  secretly([CANARY], async (evidence) => {
    for (const way of WAYS) {
      await using server = await EtcdServer.start();
      await using proxy = await Proxy.start(server.endpoint);
      const options = { ...server.clientOptions, ...way, maxSendBytes: 4 * 2 ** 20 };
      await using client = observed(evidence, proxy.endpoint, options);
      await using c = await client.connect();
      await using lock = await c.lock("jobs");
      evidence.add(lock);
      await c.put("guarded", VALUE);
      await evidence.failing(() => c.put("k", VALUE, { lease: 5n }));
      await evidence.failing(() => c.put("k", VALUE, { ignoreLease: true }));
      await evidence.failing(() => c.txn((t) => [t.put("k", VALUE), t.put("k", VALUE)]));
      await evidence.failing(() =>
        c.txn((t) => Array.from({ length: 200 }, (_, i) => t.put(`k${i}`, VALUE)))
      );
      const guard = new CompareKey("guarded").value.eq(VALUE);
      evidence.add(guard);
      await evidence.failing(() => c.txnCompare([guard], (s) => void s.put("k", VALUE, { lease: 5n })));
      for (const times of [70_000, 150_000, 300_000]) {
        await evidence.failing(() => c.put("k", VALUE.repeat(times)));
      }
      proxy.withhold();
      await evidence.failing(() => c.put("k", VALUE, { timeout: 50 }));
      await evidence.failing(() => c.put("k", VALUE, { signal: AbortSignal.timeout(50) }));
      const lost = evidence.failing(() => lock.put("k", VALUE));
      const read = c.get("k");
      await new Promise((resolve) => setTimeout(resolve, 50));
      proxy.forward();
      await Promise.all([lost, read]);
      await lock.release();
      await evidence.failing(() => lock.put("k", VALUE));
      await server.kill();
      await evidence.failing(() => c.put("k", VALUE, { timeout: 100 }));
    }
  }));
