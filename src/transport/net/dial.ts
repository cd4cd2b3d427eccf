/**
 * The dialer of the runtime at hand. Each is loaded when it is first used, as each imports what the other
 * runtimes do not have.
 *
 * @module
 */

import type { Dialer } from "../../socket.ts";

/** Joined when it runs, so that no bundler looks for a module that only workers have. */
const WORKER_SOCKETS = ["cloudflare", "sockets"].join(":");

/** Opens connections by what this runtime has. */
export const dial: Dialer = async (target, signal) => {
  // Not by runtime(): bundlers for workers know this very expression, and leave the other dialers out.
  switch (navigator.userAgent) {
    case "Cloudflare-Workers": {
      const { workerdDialer } = await import("./workerd.ts");
      const sockets: { connect: Parameters<typeof workerdDialer>[0] } = await import(WORKER_SOCKETS);
      return await workerdDialer(sockets.connect)(target, signal);
    }
    default:
      return "Deno" in globalThis
        ? await (await import("./deno.ts")).denoDialer(target, signal)
        : await (await import("./node.ts")).nodeDialer(target, signal);
  }
};
