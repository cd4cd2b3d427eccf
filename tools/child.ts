/**
 * Child processes with a time limit. Each leads a process group of its own, so that what it started ends with it.
 * @module
 */

/** How a child is run. */
export interface RunOptions {
  /** Variables beside the inherited ones. */
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** Milliseconds until the whole group is ended; default 10 minutes. */
  readonly limit?: number;
  /** Whether the output is collected rather than passed on; default false. */
  readonly collect?: boolean;
}

/** How a child ended. */
export interface Exit {
  readonly code: number;
  readonly timedOut: boolean;
  /** What it wrote, with `collect`. */
  readonly output: string;
  /** Milliseconds. */
  readonly took: number;
}

/** Milliseconds between the request to end and the order. */
const GRACE = 5_000;

/** Deno colours what it writes into a pipe or a file too. */
const PLAIN: Record<string, string> = Deno.stdout.isTerminal() ? {} : { NO_COLOR: "1" };

const INTERRUPTS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];

/** Runs a command to its end; an interrupt and the limit both reach its whole group. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Exit> {
  const started = performance.now();
  const stream = options.collect ? "piped" : "inherit";
  const child = new Deno.Command(command, {
    args: [...args],
    cwd: options.cwd,
    env: { ...PLAIN, ...options.env },
    stdin: "null",
    stdout: stream,
    stderr: stream,
    detached: true,
  }).spawn();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    end(child);
  }, options.limit ?? 600_000);
  const interrupt = () => {
    end(child);
    child.status.then(() => Deno.exit(130));
  };
  for (const signal of INTERRUPTS) Deno.addSignalListener(signal, interrupt);
  try {
    const texts = options.collect
      ? Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
      : Promise.resolve([]);
    const { code } = await child.status;
    // What outlived its leader would hold a port, or the pipe that is about to be read to its end.
    signalGroup(child, "SIGKILL");
    return { code, timedOut, output: (await texts).join(""), took: performance.now() - started };
  } finally {
    clearTimeout(timer);
    for (const signal of INTERRUPTS) Deno.removeSignalListener(signal, interrupt);
  }
}

function end(child: Deno.ChildProcess): void {
  signalGroup(child, "SIGTERM");
  const timer = setTimeout(() => signalGroup(child, "SIGKILL"), GRACE);
  child.status.finally(() => clearTimeout(timer));
}

function signalGroup(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    Deno.kill(-child.pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
