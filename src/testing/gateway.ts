/**
 * etcd's own JSON gateway: how the fixture changes users and members without the client under test.
 *
 * @module
 */

import type { TlsOptions } from "../socket.ts";
import { http } from "./http.ts";
import type { Member } from "./member.ts";

/** Whom to ask, and as whom. */
export interface Gateway {
  /** URL for clients. */
  readonly url: string;
  readonly tls?: TlsOptions;
  /** With it, each call is root's; authentication has to be enabled. */
  readonly rootPassword?: string;
  readonly signal?: AbortSignal;
}

/** The way to call methods of a member, as root where there are users. */
export function gatewayOf({ plan, setup }: Member, signal?: AbortSignal): Gateway {
  return { url: plan.clientUrl, tls: setup.identity, rootPassword: setup.rootPassword, signal };
}

/**
 * Calls a method.
 *
 * @param path Such as `"auth/user/add"`.
 * @param request The message in the JSON form of protobuf: 64-bit numbers as text, bytes in base 64.
 * @returns The response in the same form.
 * @throws {Error} With etcd's message, if it refused.
 */
export async function call(
  gateway: Gateway,
  path: string,
  request: object,
): Promise<Record<string, unknown>> {
  const { rootPassword } = gateway;
  if (rootPassword === undefined) return await post(gateway, path, request);
  const { token } = await post(gateway, "auth/authenticate", { name: "root", password: rootPassword });
  return await post(gateway, path, request, String(token));
}

async function post(
  { url, tls, signal }: Gateway,
  path: string,
  body: object,
  token?: string,
): Promise<Record<string, unknown>> {
  const { status, text } = await http(`${url}/v3/${path}`, { body, tls, token, signal, timeout: 10_000 });
  if (status === 200) return JSON.parse(text);
  throw new Error(`Cannot call ${path} of ${url}: HTTP status ${status}: ${text.trim()}`);
}

/** Creates the user root with the role of the same name, and enables authentication. */
export async function enableAuth(gateway: Gateway, password: string): Promise<void> {
  await call(gateway, "auth/user/add", { name: "root", password });
  await call(gateway, "auth/role/add", { name: "root" });
  await call(gateway, "auth/user/grant", { user: "root", role: "root" });
  await call(gateway, "auth/enable", {});
}

/** Whether this member takes root's password. */
export async function isAuthEnabled(gateway: Gateway): Promise<boolean> {
  try {
    await call(gateway, "cluster/member/list", {});
    return true;
  } catch (error) {
    if (/authentication is not enabled/.test(String(error))) return false;
    throw error;
  }
}
