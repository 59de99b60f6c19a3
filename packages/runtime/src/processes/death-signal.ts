import { spawnSync } from "node:child_process";

let works: boolean | null = null;

/**
 * What to put before a command so that the process gets `signal` when this one dies, however it dies: setpriv(1)
 * asks the kernel for it (prctl(2), PR_SET_PDEATHSIG). Empty where that is not to be had.
 * What counts is the end of the thread that spawns, which is Node's main thread unless a Worker does it.
 */
export function deathSignalPrefix(signal: "INT" | "KILL" | "TERM"): string[] {
  works ??= spawnSync("setpriv", ["--pdeathsig=INT", "--", "true"], { stdio: "ignore" }).status === 0;
  return works ? ["setpriv", `--pdeathsig=${signal}`, "--"] : [];
}
