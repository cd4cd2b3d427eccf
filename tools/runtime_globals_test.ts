import { assertEquals } from "@std/assert";
import { test } from "../tests/harness.ts";
import { runtimeUses } from "./runtime_globals.ts";

test("uses of one runtime's globals and modules are found with their lines", () => {
  const source = [
    'import { connect } from "node:net";',
    "const pid = process.pid;",
    "if (globalThis.Bun) Deno.exit(1);",
  ].join("\n");
  assertEquals(runtimeUses(source), ["2: process", "3: globalThis.Bun", "3: Deno", '1: from "node:net"']);
});

test("comments, strings, members and longer names are no uses", () => {
  const source = [
    "/** On Deno, `Deno.connect` and `node:net`. */",
    '// import x from "node:net"',
    'const name = "Deno"; const url = "http://process";',
    "this.process(queue.Bun, Denominator, processed);",
  ].join("\n");
  assertEquals(runtimeUses(source), []);
});
