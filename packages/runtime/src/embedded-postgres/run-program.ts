import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { within } from "../time/within.ts";
import type { Launcher } from "./launcher.ts";

const programMsMax = 180_000;

export type ProgramRun = {
  launcher: Launcher;
  program: string;
  args: readonly string[];
  cwd: string;
  input: string;
};

/**
 * Runs one of the server's programs to its end.
 * @returns its exit code (null: killed by a signal) and what it wrote to standard error
 */
export async function runProgram(run: ProgramRun): Promise<{ code: number | null; stderr: string }> {
  const { file, args, options } = run.launcher.command(run.program, run.args, run.cwd, "KILL");
  const child = spawn(file, args, { ...options, detached: true, stdio: ["pipe", "ignore", "pipe"] });
  await once(child, "spawn");
  const ended = once(child, "exit");
  const written = child.stderr === null ? Promise.resolve("") : text(child.stderr);
  // A program that ends early closes its input: its exit code tells more than the broken pipe does.
  child.stdin?.on("error", () => {});
  child.stdin?.end(run.input);
  try {
    const [code] = await within(ended, programMsMax, run.program);
    return { code, stderr: await written };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}
