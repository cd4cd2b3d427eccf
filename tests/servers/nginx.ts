/**
 * An nginx between a client and an etcd.
 *
 * @module
 */

import { delay } from "@std/async";
import { once } from "node:events";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { writeCertificates } from "../../src/testing/certificate_files.ts";
import { temporaryFolder } from "../../src/testing/environment.ts";
import { readLog } from "../../src/testing/log.ts";
import type { EtcdServer } from "../../src/testing/mod.ts";
import { Keeper } from "../../src/testing/process/keeper.ts";
import { freePorts } from "../../src/testing/process/ports.ts";
import type { Program } from "./nginx_program.ts";

/** One call, as the access log tells it. */
export interface LoggedCall {
  /** A number of the client's connection. */
  readonly connection: number;
  /** The HTTP status; 499 if the client gave the call up. */
  readonly status: number;
  /** Such as `/etcdserverpb.KV/Put`. */
  readonly path: string;
}

/** See the module. It has one process, which does not outlive its owner. */
export class Nginx implements AsyncDisposable {
  readonly #keeper: Keeper;
  readonly #directory: string;
  /** Where clients reach it; with TLS if the etcd has TLS, by a certificate of the same authority. */
  readonly endpoint: string;

  private constructor(keeper: Keeper, directory: string, endpoint: string) {
    this.#keeper = keeper;
    this.#directory = directory;
    this.endpoint = endpoint;
  }

  /**
   * Starts it.
   *
   * @param settings Directives of the `server` block.
   * @throws {Error} With what it said, if it does not start.
   */
  static async start(program: Program, etcd: EtcdServer, settings: readonly string[] = []): Promise<Nginx> {
    const directory = await mkdtemp(join(temporaryFolder(), "etcetra-nginx-"));
    const [port] = await freePorts(1);
    if (etcd.ca) await writeCertificates(directory, { ca: etcd.ca.cert, server: await etcd.ca.issue() });
    await writeFile(join(directory, "nginx.conf"), configuration(etcd, port, settings));
    const command = [program.path, "-p", directory, "-c", "nginx.conf", "-e", "stderr"];
    const keeper = await Keeper.open(directory, command, program.environment);
    const nginx = new Nginx(keeper, directory, `${etcd.ca ? "https" : "http"}://127.0.0.1:${port}`);
    try {
      await keeper.start();
      while (!await isListening(port)) {
        if (!keeper.run) throw new Error(`Cannot start nginx: ${await readLog(directory)}`);
        await delay(10);
      }
      return nginx;
    } catch (error) {
      await nginx.close();
      throw error;
    }
  }

  /** The calls that have ended. */
  async calls(): Promise<LoggedCall[]> {
    const lines = (await readFile(join(this.#directory, "access.log"), "utf8")).trimEnd().split("\n");
    return lines.map((line) => {
      const [connection, status, path] = line.split(" ");
      return { connection: Number(connection), status: Number(status), path };
    });
  }

  /** Ends it. Idempotent. */
  close(): Promise<void> {
    return this.#keeper.close();
  }

  /** As {@linkcode Nginx.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** All that it writes goes to its own directory. The form of `listen` is the one that all versions know. */
function configuration(etcd: EtcdServer, port: number, settings: readonly string[]): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((what) =>
    `${what}_temp_path temp;`
  );
  const tls = ["ssl_certificate tls/server.pem;", "ssl_certificate_key tls/server-key.pem;"];
  const upstream = [
    "grpc_ssl_verify on;",
    "grpc_ssl_trusted_certificate tls/ca.pem;",
    "grpc_ssl_name localhost;",
  ];
  return `
    daemon off;
    master_process off;
    pid nginx.pid;
    events { worker_connections 4096; }
    http {
      ${temporary.join(" ")}
      log_format calls "$connection $status $uri";
      access_log access.log calls;
      upstream etcd { server ${new URL(etcd.endpoint).host}; keepalive 64; }
      server {
        listen 127.0.0.1:${port} ${etcd.ca ? "ssl http2" : "http2"};
        ${etcd.ca ? [...tls, ...upstream].join(" ") : ""}
        ${settings.join(" ")}
        location / { grpc_pass ${etcd.ca ? "grpcs" : "grpc"}://etcd; }
      }
    }
  `;
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
