import { assert } from "@std/assert";
import { delay } from "@std/async";
import { test } from "../harness.ts";

test("the test runner runs an asynchronous test", async () => {
  await delay(1);
  assert(true);
});
