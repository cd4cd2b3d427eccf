import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EtcdClient, EtcdUnavailableError } from "../../mod.ts";
import { EtcdServer, TestCa } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { check } from "./rig/check/all.ts";
import { Follower } from "./rig/history/follow.ts";
import { readReport } from "./rig/history/evidence_file.ts";
import { Recorder } from "./rig/history/recorder.ts";
import { Random } from "./rig/random.ts";
import { Journal } from "./soak/client/journal.ts";
import { CANARY, Secrets } from "./soak/client/secrets.ts";
import { Judge } from "./soak/judge.ts";
import { plot } from "./soak/plot.ts";
import { broken, type Course, memoryFigures, print } from "./soak/report.ts";
import { slopeOf } from "./soak/slope.ts";
import { soak } from "./soak/soak.ts";

/** Milliseconds; tests run beside each other, so that only what hangs is wrong. */
const GENEROUS = 20_000;
const SEED = Random.newSeed();

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "etcetra-soak-test-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

test("a soak of some seconds ends clean, and has measured, judged and faulted", async () => {
  await using folder = await temporaryFolder();
  const lines: string[] = [];
  const report = await soak({
    seed: SEED,
    seconds: 6,
    window: 3,
    period: 2,
    rate: 40,
    grace: GENEROUS,
    end: GENEROUS,
    folder: folder.path,
    onProgress: (line) => lines.push(line),
  });
  assertEquals(report.findings, [], `seed ${SEED}\n${lines.join("\n")}`);
  const { samples, memory, marks, connections } = report.course;
  const seen = { samples: samples.length, memory: memory.length, faults: marks.length, connections };
  assert(Object.values(seen).every((count) => count > 0), JSON.stringify(seen));
  for (
    const what of ["calls", "locks acquired", "leases granted", "iterations", "watches opened and closed"]
  ) {
    assert(report.counts[what] > 0, `${what}: ${print(report)}`);
  }
});

test("a soak's judge finds a write that nobody made, and its history can be judged again", async () => {
  await using folder = await temporaryFolder();
  await using server = await EtcdServer.start();
  await using judge = new Judge(server, folder.path, { seed: SEED, etcd: server.version });
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const follower = new Follower(c, { prefix: "w/" });
  const end = async (recorder: Recorder, key: string, value: string) => {
    const call = await recorder.record(0, c, { kind: "write", puts: [key], deletes: [], value });
    return call.revision!;
  };
  const windowOf = async (index: number, recorder: Recorder, last: number) => {
    return {
      index,
      prefix: `w/${index}/`,
      calls: recorder.calls,
      watches: [await follower.take(last)],
      end: last,
    };
  };
  await follower.ready;
  const good = new Recorder();
  await judge.judge(await windowOf(0, good, await end(good, "w/0/a", "first")));
  assertEquals(judge.findings, []);
  const bad = new Recorder();
  await c.put("w/1/a", "unasked");
  await c.put("w/0/a", "late");
  await judge.judge(await windowOf(1, bad, await end(bad, "w/1/a", "second")));
  await follower.close();
  assertEquals(judge.findings.length, 2, judge.findings.join("\n"));
  assertStringIncludes(judge.findings[0], "w/1/a unasked) was written by nobody");
  assertStringIncludes(judge.findings[1], "w/0/a late) came late and was written by nobody");
  const { calls, watches, truth, report } = await readReport(judge.files[0]);
  assertEquals(check({ calls, watches: watches!, truth: truth! }), [...report.findings]);
});

/** In pieces, as Bun shows the source around an error. */
const SIMPLE_TOKEN = ["qLPmNTrYbKdVwSxz", 17].join(".");
const JSON_WEB_TOKEN = ["ey", "JhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2ln"].join("");

test("a soak sees a secret wherever it hides, and nothing where there is none", async () => {
  const secrets = new Secrets();
  const { key } = await (await TestCa.create()).issue({ client: "" });
  secrets.addKey(key);
  const wrapped = (text: string) => new EtcdUnavailableError("Cannot call KV/Put", { cause: { text } });
  const journal = new Journal(secrets);
  journal.failed("put", wrapped(`${CANARY}-password`));
  journal.shown("An event", { type: "retry", error: wrapped(`token ${SIMPLE_TOKEN} refused`) });
  journal.shown("An event", { error: wrapped(JSON_WEB_TOKEN) });
  journal.shown("An event", { bytes: new TextEncoder().encode(key) });
  journal.failed("put", wrapped("the connection was reset"));
  journal.failed("put", new EtcdUnavailableError("Cannot call KV/Put: 127.0.0.1:2379 is away"));
  const [, ...kinds] = journal.findings.join("\n").split(/^\S+Z: /m).map((finding) => finding.trim());
  assertEquals(kinds, [
    'What "put" failed with shows a password or a value',
    "An event shows a token",
    "An event shows a token",
    "An event shows a private key",
  ]);
  journal.failed("put", new TypeError("x is not a function"));
  assertStringIncludes(journal.findings.at(-1)!, "no error of ours");
});

/** A course of some minutes whose heap grows by so many MB an hour, and trembles. */
function courseOf(growth: number): Course {
  const started = Date.UTC(2026, 0);
  const seconds = Array.from({ length: 600 }, (_, i) => i);
  const heap = (i: number) => (20 + growth * i / 3600 + (i % 3) * 0.1) * 1e6;
  return {
    started,
    samples: seconds.map((i) => ({
      at: started + i * 1000,
      p50: i % 7 === 0 ? null : 2,
      p99: i % 7 === 0 ? null : 20,
      calls: 50,
      failed: 0,
      heap: heap(i),
    })),
    memory: seconds.filter((i) => i % 20 === 0)
      .map((i) => ({ at: started + i * 1000, heap: heap(i), rss: heap(i) })),
    marks: [
      { name: "kill -9 <leader>", from: started + 10_000, to: started + 12_000 },
      { name: "delay", from: started + 20_000, to: started + 25_000 },
      { name: "delay", from: started + 60_000, to: started + 61_000 },
    ],
    connections: 4,
  };
}

test("a soak tells a heap that grows from one that trembles", () => {
  const line = slopeOf([[0, 1], [1, 3], [2, 5]])!;
  assertEquals([line.value, line.error < 1e-9], [2, true]);
  assertEquals(slopeOf([[0, 1], [1, 3]]), undefined, "two points have no error");
  assertEquals(broken(memoryFigures(courseOf(0))), []);
  assertEquals(broken(memoryFigures(courseOf(30))).length, 1);
});

test("a soak's drawing shows lines with gaps, and every fault in the lane of its kind", () => {
  const svg = plot(courseOf(5), "A soak & more");
  const count = (text: string) => svg.split(text).length - 1;
  assertEquals([count('class="fault"'), count('class="shade"'), count("<path")], [3, 3, 4]);
  assertStringIncludes(svg, "kill -9 &lt;leader&gt;");
  assertStringIncludes(svg, "A soak &amp; more");
  const p50 = /class="p50" d="([^"]*)"/.exec(svg)![1];
  assertEquals(p50.split("M").length - 1, 86, "a new line after each gap");
});
