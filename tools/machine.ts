/**
 * What figures are taken on.
 * @module
 */

/** The machine, in words. */
export async function hardware(): Promise<string> {
  const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return `${navigator.hardwareConcurrency} cores${await processor()}, ${memory} GiB of memory`;
}

/** The operating system, in words; of its release the number alone, as the rest is the distributor's. */
export function system(): string {
  const [release] = /^[\d.]*/.exec(Deno.osRelease())!;
  return `${Deno.build.os} ${release}, ${Deno.build.arch}`;
}

async function processor(): Promise<string> {
  const info = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  const name = /^model name\s*:\s*(.+)$/m.exec(info)?.[1];
  return name === undefined ? "" : ` of ${name}`;
}
