import type { ParentWatch } from "../config/read-config.ts";
import type { Shutdown } from "./create-shutdown.ts";

/** What watching the parent needs of the process. */
export type WatchedProcess = {
  stdin: {
    on(event: "end" | "close" | "error", listener: () => void): unknown;
    resume(): unknown;
  };
  stdout: { on(event: "error", listener: () => void): unknown };
  stderr: { on(event: "error", listener: () => void): unknown };
  on(event: "disconnect", listener: () => void): unknown;
  connected: boolean;
};

/**
 * Begins the shutdown when the process that started this one is gone, however it ended: `stdin` when standard
 * input reaches its end, `ipc` when the channel of a Node parent closes. `none` watches nothing, which suits
 * whatever starts a service with a closed input (a container, a service manager).
 */
export function watchParent(
  shutdown: Pick<Shutdown, "run">,
  watch: ParentWatch,
  watched: WatchedProcess = process,
): void {
  const leave = () => void shutdown.run("the parent process is gone");
  if (watch === "stdin") {
    for (const event of ["end", "close", "error"] as const) watched.stdin.on(event, leave);
    watched.stdin.resume();
    // The parent read the output too: without these, the first line written after its death would end this process.
    for (const stream of [watched.stdout, watched.stderr]) stream.on("error", leave);
  }
  if (watch === "ipc") {
    watched.on("disconnect", leave);
    if (!watched.connected) leave();
  }
}
