/**
 * `deno task soak`: lets clients live with faults for a long time, and tells what that did to them.
 *
 * @module
 */

import { mkdir, writeFile } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";
import { GRACE } from "../rig/gates/calls.ts";
import { Random } from "../rig/random.ts";
import { plot } from "./plot.ts";
import { print } from "./report.ts";
import { soak } from "./soak.ts";

const USAGE = `deno task soak [--minutes N] [--seed S] [--etcd 3.6|3.7] [--out FOLDER]

  --minutes  of load; 5 by default
  --seed     of the random choices; a new one by default
  --etcd     the version of etcd; 3.7 by default
  --out      where the drawing and the histories of failures go; .cache/soak by default`;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: String(Random.newSeed()) },
    etcd: { type: "string" },
    out: { type: "string", default: ".cache/soak" },
    help: { type: "boolean", default: false },
  },
});

const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (values.help) console.log(USAGE);
else if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error(USAGE);
  process.exitCode = 2;
} else await run();

async function run(): Promise<void> {
  const folder = `${values.out}/${seed}`;
  await mkdir(folder, { recursive: true });
  const report = await soak({
    seed,
    seconds: minutes * 60,
    window: 20,
    period: 10,
    rate: 60,
    grace: GRACE,
    end: 2_000,
    etcd: values.etcd,
    folder,
    onProgress: (line) => console.log(line),
  });
  const title = `A soak of ${minutes} min on etcd ${values.etcd ?? "3.7"}, seed ${seed}`;
  await writeFile(`${folder}/soak.svg`, plot(report.course, title));
  await writeFile(`${folder}/course.json`, JSON.stringify(report.course));
  console.log(`\n${title}\n${print(report)}\ndrawn: ${folder}/soak.svg`);
  if (report.findings.length > 0) process.exitCode = 1;
}
