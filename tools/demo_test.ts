import { assertEquals } from "@std/assert";
import { EXPECTED_TOUR } from "../tests/examples/expected_output.ts";
import { test } from "../tests/harness.ts";

const DEMO = ["run", "--quiet", "--no-check", "-P=demo", "tools/demo.ts"];

/** Runs the demo in a folder for temporary files of its own; `interruptAt` is a text on which it gets SIGINT. */
async function runDemo(folder: string, interruptAt?: string): Promise<{ code: number; lines: string[] }> {
  await using demo = new Deno.Command("sh", {
    args: ["-c", 'exec "$@"', "sh", Deno.execPath(), ...DEMO],
    env: { TMPDIR: folder },
    stdout: "piped",
  }).spawn();
  let text = "";
  let interrupted = interruptAt === undefined;
  for await (const chunk of demo.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (interrupted || !text.includes(interruptAt!)) continue;
    demo.kill("SIGINT");
    interrupted = true;
  }
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return { code: (await demo.status).code, lines };
}

test("the demo shows the whole tour, and leaves nothing behind", async () => {
  const folder = await Deno.makeTempDir();
  const { code, lines } = await runDemo(folder);
  const tour = lines.slice(lines.indexOf(EXPECTED_TOUR[0]), -1);
  assertEquals([code, tour.length], [0, EXPECTED_TOUR.length]);
  await Deno.remove(folder); // fails unless it is empty
});

test("an interrupted demo says so, and leaves nothing behind", async () => {
  const folder = await Deno.makeTempDir();
  const { code, lines } = await runDemo(folder, EXPECTED_TOUR[0]);
  assertEquals([code, lines.at(-1)], [130, "Interrupted; nothing is left behind."]);
  await Deno.remove(folder);
});

test("a demo that is interrupted before its etcd serves leaves nothing behind", async () => {
  const folder = await Deno.makeTempDir();
  const { code, lines } = await runDemo(folder, "Looking for etcd");
  assertEquals([code, lines.at(-1)], [130, "Interrupted; nothing is left behind."]);
  await Deno.remove(folder);
});
