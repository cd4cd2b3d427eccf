/**
 * An nginx between a client and an etcd.
 *
 * @module
 */

import { delay } from "@std/async";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { writeCertificates } from "../../src/testing/certificate_files.ts";
import { temporaryFolder, variable } from "../../src/testing/environment.ts";
import type { EtcdServer } from "../../src/testing/mod.ts";
import { type CommandResult, run, succeed } from "../../src/testing/process/command.ts";
import { freePorts } from "../../src/testing/process/ports.ts";
import type { Program } from "./nginx_program.ts";

/** For `env`, `cat` and nginx. */
const ENVIRONMENT = { PATH: variable("PATH") };

/** One call, as the access log tells it. */
export interface LoggedCall {
  /** A number of the client's connection. */
  readonly connection: number;
  /** The HTTP status; 499 if the client gave the call up. */
  readonly status: number;
  /** Such as `/etcdserverpb.KV/Put`. */
  readonly path: string;
}

/** A master with its worker, from start to end. */
interface Life {
  /** Kills both. */
  kill(): void;
  /** Resolves when they have ended. */
  readonly ended: Promise<void>;
  /** What they left, once they have ended by themselves. */
  left?: CommandResult;
}

/** See the module. It does not outlive its owner. */
export class Nginx implements AsyncDisposable {
  readonly #program: Program;
  readonly #directory: string;
  readonly #etcd: EtcdServer;
  readonly #port: number;
  #life: Life | undefined;

  private constructor(program: Program, directory: string, etcd: EtcdServer, port: number) {
    this.#program = program;
    this.#directory = directory;
    this.#etcd = etcd;
    this.#port = port;
  }

  /**
   * Starts it.
   *
   * @param settings Directives of the `server` block.
   * @throws {Error} With what it said, if it does not start.
   */
  static async start(program: Program, etcd: EtcdServer, settings: readonly string[] = []): Promise<Nginx> {
    const directory = await mkdtemp(join(temporaryFolder(), "etcetra-nginx-"));
    // Workers of a master that is root are somebody else.
    await chmod(directory, 0o755);
    const [port] = await freePorts(1);
    if (etcd.ca) await writeCertificates(directory, { ca: etcd.ca.cert, server: await etcd.ca.issue() });
    const nginx = new Nginx(program, directory, etcd, port);
    try {
      await nginx.configure(settings);
      await nginx.start();
      return nginx;
    } catch (error) {
      await nginx.close();
      throw error;
    }
  }

  /** Where clients reach it; with TLS if the etcd has TLS, by a certificate of the same authority. */
  get endpoint(): string {
    return `${this.#etcd.ca ? "https" : "http"}://127.0.0.1:${this.#port}`;
  }

  /** Replaces the settings; they hold from the next start or reload on. */
  async configure(settings: readonly string[]): Promise<void> {
    await writeFile(join(this.#directory, "nginx.conf"), configuration(this.#etcd, this.#port, settings));
  }

  /** Starts it again after {@linkcode Nginx.kill}. */
  async start(): Promise<void> {
    const life = this.#launch();
    this.#life = life;
    while (!await isListening(this.#port)) {
      if (life.left) throw new Error(`Cannot start nginx: ${life.left.stderr}`);
      await delay(10);
    }
  }

  /** Makes it read its settings anew: the worker drains and is replaced, as for a new certificate or upstream. */
  async reload(): Promise<void> {
    await this.#signal("HUP");
  }

  /** Tells it to end when the calls under way have ended. */
  async quit(): Promise<void> {
    await this.#signal("QUIT");
  }

  /** Kills it by SIGKILL. */
  async kill(): Promise<void> {
    const life = this.#life;
    this.#life = undefined;
    life?.kill();
    await life?.ended;
  }

  /** The calls that have ended. */
  async calls(): Promise<LoggedCall[]> {
    const text = await readFile(join(this.#directory, "access.log"), "utf8");
    return text.split("\n").filter(Boolean).map((line) => {
      const [connection, status, path] = line.split(" ");
      return { connection: Number(connection), status: Number(status), path };
    });
  }

  /** Waits until the calls that have ended are as they should be. */
  async callsReach(hold: (calls: readonly LoggedCall[]) => boolean): Promise<LoggedCall[]> {
    for (;;) {
      const calls = await this.calls();
      if (hold(calls)) return calls;
      await delay(20);
    }
  }

  /** Ends it and removes its files. Idempotent. */
  async close(): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** As {@linkcode Nginx.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #launch(): Life {
    const controller = new AbortController();
    const [command, ...args] = [...this.#program, "-p", this.#directory, "-c", "nginx.conf", "-e", "stderr"];
    const running = run(command, args, { env: ENVIRONMENT, signal: controller.signal });
    const life: Life = {
      kill: () => controller.abort(),
      ended: running.then((left) => void (life.left = left), () => {}),
    };
    return life;
  }

  async #signal(name: string): Promise<void> {
    const command = `kill -s ${name} "$(cat nginx.pid)"`;
    await succeed("sh", ["-c", command], { cwd: this.#directory, env: ENVIRONMENT });
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
    worker_processes 1;
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
