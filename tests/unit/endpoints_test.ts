import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parseEndpoint } from "../../src/endpoint.ts";
import { type EtcdError, EtcdUnauthenticatedError, EtcdUnavailableError } from "../../src/errors.ts";
import { sleep } from "../../src/timing.ts";
import type { Connection } from "../../src/transport/connection.ts";
import { Endpoints } from "../../src/transport/endpoints.ts";
import { test } from "../harness.ts";

/** A connection that carries nothing; only its life matters here. */
class BareConnection {
  readonly address;
  readonly #down = new AbortController();
  readonly down = this.#down.signal;
  readonly #ended = Promise.withResolvers<void>();
  readonly ended = this.#ended.promise;
  servedOut = false;
  closed = false;

  constructor(name: string) {
    this.address = parseEndpoint(name, false);
  }

  lose(error: EtcdError): void {
    this.#down.abort(error);
  }

  drain(): void {
    this.#down.abort("closed");
  }

  close(): void {
    this.closed = true;
    this.#down.abort("closed");
    this.#ended.resolve();
  }
}

/** A promise is for one that comes up when it resolves, whatever its dial is told. */
type Behaviour = "up" | "silent" | EtcdError | Promise<void>;

/** Endpoints that behave as told, and what was seen of them. */
function network(behaviours: Record<string, Behaviour>) {
  const dials: string[] = [];
  const events: string[] = [];
  const made: BareConnection[] = [];
  const endpoints = new Endpoints(
    Object.keys(behaviours).map((name) => parseEndpoint(name, false)),
    async (address, signal) => {
      dials.push(address.name);
      const behaviour = behaviours[address.name];
      if (behaviour === "silent") await sleep(60_000, signal);
      if (behaviour instanceof Error) throw behaviour;
      if (behaviour instanceof Promise) await behaviour;
      const connection = new BareConnection(address.name);
      made.push(connection);
      return connection as unknown as Connection;
    },
    {
      connected: (endpoint) => events.push(`connected ${endpoint}`),
      disconnected: (endpoint) => events.push(`disconnected ${endpoint}`),
    },
  );
  return { behaviours, dials, events, made, endpoints };
}

const never = new AbortController().signal;
const over = new EtcdUnavailableError("the test is over");
const refused = () => new EtcdUnavailableError("connection refused", { maybeExecuted: "no" });

test("the first endpoint that comes up is used by everyone who waits", async () => {
  const { endpoints, dials, events } = network({ "a:1": "up", "b:1": "up" });
  const both = await Promise.all([
    endpoints.acquire("until-up", never),
    endpoints.acquire("one-round", never),
  ]);
  assertEquals(both[0], both[1]);
  assertEquals(dials, ["a:1"]);
  assertEquals(events, ["connected a:1"]);
  endpoints.close(over);
});

test("an endpoint that refuses hands over to the next at once, and a silent one after a moment", async () => {
  const { endpoints } = network({ "a:1": refused(), "b:1": "silent", "c:1": "up" });
  assertEquals((await endpoints.acquire("one-round", never)).address.name, "c:1");
  endpoints.close(over);
});

test("one round names every endpoint and its failure", async () => {
  const { endpoints } = network({ "a:1": refused(), "b:1": new EtcdUnavailableError("no route to host") });
  const error = await assertRejects(() => endpoints.acquire("one-round", never), EtcdUnavailableError);
  assertStringIncludes(error.message, "a:1: connection refused");
  assertStringIncludes(error.message, "b:1: no route to host");
  assertEquals(error.maybeExecuted, "no");
  endpoints.close(over);
});

test("who waits until an endpoint is up is served when one comes back", async () => {
  const { behaviours, endpoints } = network({ "a:1": refused() });
  const waiting = endpoints.acquire("until-up", never);
  await assertRejects(() => endpoints.acquire("one-round", never), EtcdUnavailableError);
  behaviours["a:1"] = "up";
  assertEquals((await waiting).address.name, "a:1");
  endpoints.close(over);
});

test("a refused TLS identity ends every wait at once", async () => {
  const { endpoints, dials } = network({ "a:1": new EtcdUnauthenticatedError("unknown issuer") });
  await assertRejects(() => endpoints.acquire("until-up", never), EtcdUnauthenticatedError, "unknown issuer");
  assertEquals(dials.length, 1);
  endpoints.close(over);
});

test("a waiter that gives up ends the search when nobody else waits", async () => {
  const { endpoints, dials } = network({ "a:1": refused() });
  const giveUp = new AbortController();
  const waiting = endpoints.acquire("until-up", giveUp.signal);
  giveUp.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  const dialed = dials.length;
  await sleep(300, never);
  assertEquals(dials.length, dialed);
  endpoints.close(over);
});

test("a dial outlives who waits for it, and the next ones join it", async () => {
  const slow = Promise.withResolvers<void>();
  const { endpoints, dials, made } = network({ "a:1": slow.promise });
  for (let i = 0; i < 3; i++) {
    const giveUp = new AbortController();
    const waiting = endpoints.acquire("until-up", giveUp.signal);
    await sleep(0, never);
    giveUp.abort(new Error("enough"));
    await assertRejects(() => waiting, Error, "enough");
  }
  const waiting = endpoints.acquire("until-up", never);
  slow.resolve();
  assertEquals(await waiting, made[0] as unknown as Connection);
  assertEquals(dials, ["a:1"]);
  endpoints.close(over);
});

test("a dial that nobody waits for any more is used by the next call, and ends with the client", async () => {
  const slow = Promise.withResolvers<void>();
  const { endpoints, made, events } = network({ "a:1": slow.promise });
  const giveUp = new AbortController();
  const waiting = endpoints.acquire("until-up", giveUp.signal);
  await sleep(0, never);
  giveUp.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  slow.resolve();
  await sleep(0, never);
  assertEquals(events, ["connected a:1"]);
  assertEquals(endpoints.current, made[0] as unknown as Connection);
  endpoints.close(over);
  assertEquals(made[0].closed, true);
});

test("a connection that comes up after the client was closed is closed", async () => {
  const slow = Promise.withResolvers<void>();
  const { endpoints, made, events } = network({ "a:1": slow.promise });
  const waiting = endpoints.acquire("until-up", never);
  await sleep(0, never);
  endpoints.close(over);
  await assertRejects(() => waiting, EtcdUnavailableError, "the test is over");
  slow.resolve();
  await sleep(0, never);
  assertEquals([made[0].closed, events], [true, []]);
});

test("a lost connection is told, and the next call finds another", async () => {
  const { endpoints, made, events } = network({ "a:1": "up", "b:1": "up" });
  await endpoints.acquire("until-up", never);
  made[0].lose(new EtcdUnavailableError("reset by peer"));
  assertEquals(endpoints.current, undefined);
  assertEquals((await endpoints.acquire("until-up", never)).address.name, "b:1");
  assertEquals(events, ["connected a:1", "disconnected a:1", "connected b:1"]);
  endpoints.close(over);
});

test("a connection that breaks soon costs its endpoint a rest, unless the server ended it in good order", async () => {
  const { endpoints, made, dials } = network({ "a:1": "up" });
  for (const [servedOut, dialed] of [[true, 2], [false, 2]] as const) {
    await endpoints.acquire("until-up", never);
    made[0].servedOut = servedOut;
    made.shift()!.lose(new EtcdUnavailableError("closes the connection"));
    const waiting = endpoints.acquire("until-up", never);
    await sleep(0, never);
    assertEquals(dials.length, dialed);
    await waiting;
  }
  endpoints.close(over);
});

test("an avoided endpoint is passed over while there is another", async () => {
  const { endpoints } = network({ "a:1": "up", "b:1": "up" });
  await endpoints.acquire("until-up", never);
  endpoints.avoid("a:1");
  assertEquals((await endpoints.acquire("until-up", never)).address.name, "b:1");
  endpoints.avoid("b:1");
  assert(await endpoints.acquire("until-up", never));
  endpoints.close(over);
});

test("endpoints that are all to be avoided are used in turn, without another dial", async () => {
  const { endpoints, dials } = network({ "a:1": "up", "b:1": "up" });
  const used: string[] = [];
  for (let i = 0; i < 6; i++) {
    const { address: { name } } = await endpoints.acquire("until-up", never);
    used.push(name);
    endpoints.avoid(name);
  }
  assertEquals(used, ["a:1", "b:1", "a:1", "b:1", "a:1", "b:1"]);
  assertEquals(dials, ["a:1", "b:1"]);
  endpoints.close(over);
});

test("the only endpoint cannot be avoided", async () => {
  const { endpoints } = network({ "a:1": "up" });
  const before = await endpoints.acquire("until-up", never);
  endpoints.avoid("a:1");
  assertEquals(endpoints.current, before);
  endpoints.close(over);
});

test("endpoints that leave the list are drained, and a running search goes on with the new list", async () => {
  const { endpoints, behaviours, made } = network({ "a:1": "up", "b:1": refused() });
  await endpoints.acquire("until-up", never);
  endpoints.replace([parseEndpoint("b:1", false)]);
  assertEquals([made[0].down.aborted, made[0].closed], [true, false]);
  const waiting = endpoints.acquire("until-up", never);
  behaviours["c:1"] = "up";
  endpoints.replace([parseEndpoint("c:1", false)]);
  assertEquals((await waiting).address.name, "c:1");
  endpoints.close(over);
});

test("closing ends a connection that drains", async () => {
  const { endpoints, made } = network({ "a:1": "up" });
  await endpoints.acquire("until-up", never);
  endpoints.replace([parseEndpoint("b:1", false)]);
  endpoints.close(over);
  assertEquals(made[0].closed, true);
});

test("closing ends every wait and every connection, twice is harmless", async () => {
  const { endpoints, made, behaviours } = network({ "a:1": "up" });
  await endpoints.acquire("until-up", never);
  made[0].lose(refused());
  behaviours["a:1"] = "silent";
  const waiting = endpoints.acquire("until-up", never);
  endpoints.close(over);
  endpoints.close(over);
  await assertRejects(() => waiting, EtcdUnavailableError, "the test is over");
  await assertRejects(() => endpoints.acquire("until-up", never), EtcdUnavailableError, "the test is over");
});
