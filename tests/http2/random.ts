/**
 * Random numbers that can be had again.
 *
 * @module
 */

/** A seed to print when a test fails; `HTTP2_SEED` in the environment repeats one. */
export function newSeed(): number {
  return Number(environment("HTTP2_SEED") ?? Math.floor(Math.random() * 2 ** 32));
}

/** How many rounds a fuzzing test goes: few, or `HTTP2_FUZZ_ROUNDS` from the environment. */
export function rounds(few: number): number {
  return Number(environment("HTTP2_FUZZ_ROUNDS") ?? few);
}

/** Whole numbers below its argument, the same ones for the same seed (mulberry32). */
export function generator(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env: Record<string, string | undefined> } };
  return process?.env[name];
}
