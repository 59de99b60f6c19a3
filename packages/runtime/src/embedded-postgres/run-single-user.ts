import { join } from "node:path";
import { RuntimeError } from "../runtime-error.ts";
import type { Placement } from "./choose-placement.ts";
import { runProgram } from "./run-program.ts";

/** SQLSTATE duplicate_database: the database was made by an earlier start that did not live to note it. */
const duplicateDatabase = "42P04";

/**
 * Runs statements, one a line, in a cluster whose server is not running, without password (postgres(1), single-user).
 * @throws RuntimeError `embedded_postgres_init_failed` with the SQLSTATEs; no statement is told
 */
export async function runSingleUser(
  placement: Placement,
  clusterDir: string,
  statements: readonly string[],
): Promise<void> {
  const { code, stderr } = await runProgram({
    launcher: placement.launcher,
    program: join(placement.installation.binDir, "postgres"),
    args: ["--single", "-D", clusterDir, "-c", "log_error_verbosity=verbose", "-c", "lc_messages=C", "postgres"],
    cwd: clusterDir,
    input: statements.map((statement) => `${statement}\n`).join(""),
  });
  const states = [...stderr.matchAll(/ (?:ERROR|FATAL|PANIC): {2}([0-9A-Z]{5}): /g)].map((match) => match[1]);
  const wrong = states.filter((state) => state !== duplicateDatabase);
  if (code === 0 && wrong.length === 0) return;
  throw new RuntimeError(
    "embedded_postgres_init_failed",
    `The cluster in ${clusterDir} could not be prepared (exit code ${code}, SQLSTATE ${wrong.join(", ") || "none"}).`,
  );
}
