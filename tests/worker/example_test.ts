import { assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import { inWorker } from "./world.ts";

test("examples/worker gets and puts keys, and counts without missing anybody", () =>
  inWorker(async ({ fetch, proxy }) => {
    const text = async (path: string, init?: RequestInit) => await (await fetch(path, init)).text();
    assertEquals(await text("/keys/a"), "no such key\n");
    assertEquals(await text("/keys/a", { method: "PUT", body: "hello" }), '{"revision":"2"}');
    assertEquals(await text("/keys/a"), "hello");
    const counts = Array.from({ length: 5 }, () => text("/counter", { method: "POST" }));
    assertEquals((await Promise.all(counts)).sort(), ["1", "2", "3", "4", "5"]);
    assertEquals(await text("/"), "Try GET or PUT /keys/NAME, or POST /counter\n");
    assertEquals(proxy.dials, 8);
  }, "example"));
