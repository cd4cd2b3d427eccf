import { readFile } from "node:fs/promises";
import process from "node:process";
import { assertEquals } from "@std/assert";
import { EtcdServer } from "@etcetra/etcd/testing";
import { run } from "../../src/testing/process/command.ts";
import { test } from "../harness.ts";

/** The snippets of a page in Markdown, in one piece. */
function snippets(markdown: string): string {
  return Array.from(markdown.matchAll(/^```ts\n(.*?)^```$/gms), ([, code]) => code).join("");
}

/** What the snippets say they print: in a comment beside `console.log`, or on a line of its own. */
function promisedOutput(code: string): string[] {
  return Array.from(code.matchAll(/^(?:.*console\.log\(.*|) ?\/\/ (.*)$/gm), ([, promised]) => promised);
}

/** How the runtime runs a program that comes in by its standard input. */
function runtimeArguments(): string[] {
  if ("Deno" in globalThis) return ["run", "--quiet", "--check", "-P=test", "-"];
  if ("Bun" in globalThis) return ["run", "-"];
  return ["--input-type=module-typescript", "-"];
}

test("the snippets of the README are a program that prints what they say", async () => {
  await using server = await EtcdServer.start();
  const code = snippets(await readFile("README.md", "utf8"));
  const { status, stdout, stderr } = await run(process.execPath, runtimeArguments(), {
    env: { ...process.env, NO_COLOR: "1" },
    input: code.replaceAll("127.0.0.1:2379", new URL(server.endpoint).host),
  });
  assertEquals({ status, stderr }, { status: 0, stderr: "" });
  assertEquals(stdout.trimEnd().split("\n"), promisedOutput(code));
});
