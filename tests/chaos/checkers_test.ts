import { assert, assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import { check } from "./rig/check/all.ts";
import { checkLinearizable } from "./rig/check/linearizable.ts";
import { Random } from "./rig/random.ts";
import { type Lie, LIES, REGISTER_LIES } from "./simulation/mutate.ts";
import { type History, simulate } from "./simulation/simulate.ts";

const SEED = Random.newSeed();
const MUTATIONS = 200;

/** So many wrong histories, all lies in turn. */
function* wrongHistories(random: Random, lies: Readonly<Record<string, Lie>>, count: number) {
  const names = Object.keys(lies);
  for (let made = 0, at = 0; made < count; at++) {
    const name = names[at % names.length];
    const wrong = lies[name](simulate(random), random);
    if (wrong === undefined) continue;
    made++;
    yield { name, wrong };
  }
}

/** Names the lies that passed, and asserts that they are few. */
function assertCaught(
  lies: Readonly<Record<string, Lie>>,
  count: number,
  judge: (h: History) => string[],
): void {
  const missed: string[] = [];
  const caughtKinds = new Set<string>();
  for (const { name, wrong } of wrongHistories(new Random(SEED), lies, count)) {
    if (judge(wrong).length === 0) missed.push(name);
    else caughtKinds.add(name);
  }
  const caught = (count - missed.length) / count;
  console.log(`caught ${(caught * 100).toFixed(1)} % of ${count}, seed ${SEED}`);
  assertEquals(Object.keys(lies).filter((name) => !caughtKinds.has(name)), [], `seed ${SEED}: never caught`);
  assert(caught >= 0.95, `seed ${SEED}: missed ${missed.join("; ")}`);
}

test("right histories pass every check", () => {
  const random = new Random(SEED);
  for (let i = 0; i < 50; i++) assertEquals(check(simulate(random)), [], `seed ${SEED}, history ${i}`);
});

test("of 200 histories with one thing wrong, at least 95 % are caught", () => {
  assertCaught(LIES, MUTATIONS, check);
});

test("the linearizability check catches stale and invented reads without looking at revisions", () => {
  const blind = ({ calls }: History) =>
    checkLinearizable(calls.map((call) => ({ ...call, revision: undefined })));
  assertCaught(REGISTER_LIES, MUTATIONS, blind);
});

test("the linearizability check decides long histories with many unknown writes", () => {
  const { calls } = simulate(new Random(SEED), 10, 300);
  assertEquals(checkLinearizable(calls), [], `seed ${SEED}`);
});
