/**
 * Plain HTTP requests, one connection each: what asks etcd about itself without the client under test.
 *
 * @module
 */

import { type ClientRequest, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { TlsOptions } from "../socket.ts";

/** An HTTP request. */
export interface HttpOptions {
  /** Sent as JSON by POST. */
  readonly body?: unknown;
  /** For `https:` URLs. */
  readonly tls?: TlsOptions;
  /** The Authorization header. */
  readonly token?: string;
  /** Gives up; the promise rejects with its reason. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds without an answer.
   *
   * @default {5_000}
   */
  readonly timeout?: number;
}

/** An HTTP response. */
export interface HttpAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** The body as text. */
  readonly text: string;
}

/** Makes one request. */
export async function http(url: string, options: HttpOptions = {}): Promise<HttpAnswer> {
  const { body, signal, timeout = 5_000 } = options;
  signal?.throwIfAborted();
  const request = begin(url, options);
  const answer = received(request);
  const late = new Error(`Cannot reach ${url}: no answer within ${timeout} ms`);
  const timer = setTimeout(() => request.destroy(late), timeout);
  const abort = () => request.destroy();
  signal?.addEventListener("abort", abort);
  request.end(body === undefined ? undefined : JSON.stringify(body));
  try {
    return await answer;
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

function begin(url: string, { body, tls, token }: HttpOptions): ClientRequest {
  const settings = {
    agent: false as const, // no connection left open
    method: body === undefined ? "GET" : "POST",
    headers: { connection: "close", ...(token === undefined ? {} : { authorization: token }) },
    ca: tls?.caCerts && [...tls.caCerts],
    cert: tls?.cert,
    key: tls?.key,
  };
  return url.startsWith("https:") ? httpsRequest(url, settings) : httpRequest(url, settings);
}

function received(request: ClientRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    request.once("error", reject);
    request.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => text += chunk);
      response.once("error", reject);
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
  });
}
