/**
 * The worker of the Go client, built where Go is installed.
 *
 * @module
 */

import { FOLDER, quietly } from "./folder.ts";

/** Builds it, which takes a minute the first time; returns why that cannot be. */
export async function buildGo(): Promise<string | undefined> {
  await Deno.mkdir(FOLDER, { recursive: true });
  const env = { GOFLAGS: "-mod=readonly", CGO_ENABLED: "0" };
  return await quietly(["go", "build", "-o", `${FOLDER}/go-worker`, "."], { cwd: "bench/peers/go", env });
}

/** The version of the client that go.mod pins. */
export async function goClientVersion(): Promise<string> {
  const text = await Deno.readTextFile("bench/peers/go/go.mod");
  return /client\/v3 v(\S+)/.exec(text)?.[1] ?? "unknown";
}
