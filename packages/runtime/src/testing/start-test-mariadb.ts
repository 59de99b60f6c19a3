import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pickPort } from "../embedded-postgres/pick-port.ts";
import { deathSignalPrefix } from "../processes/death-signal.ts";
import { RuntimeError } from "../runtime-error.ts";
import { within } from "../time/within.ts";

export type TestMariadb = {
  /** As a user who may do everything in the database `staging`. */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
};

const attemptsMax = 10;
const readyMsMax = 60_000;
/** Made as the server starts, before it takes connections. */
const INIT = `
CREATE DATABASE staging CHARACTER SET utf8mb4;
CREATE USER 'reader'@'127.0.0.1' IDENTIFIED BY 'a-test-password';
GRANT ALL ON staging.* TO 'reader'@'127.0.0.1';
`;

/**
 * Starts the machine's `mariadbd` for tests: on a free port, in a temporary folder, without durability.
 * @returns the server, or null when there is no such program
 * @throws RuntimeError `test_mariadb_start_failed` with the end of what it said
 */
export async function startTestMariadb(): Promise<TestMariadb | null> {
  if (spawnSync("mariadbd", ["--version"], { stdio: "ignore" }).error !== undefined) return null;
  const directory = await mkdtemp(join(tmpdir(), "xueshi-mariadb-"));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await chmod(directory, 0o700);
    const data = join(directory, "data");
    const user = process.getuid?.() === 0 ? ["--user=root"] : [];
    const install = spawnSync(
      "mariadb-install-db",
      ["--no-defaults", ...user, `--datadir=${data}`, "--auth-root-authentication-method=normal", "--skip-test-db"],
      { encoding: "utf8", env: environmentIn(directory) },
    );
    if (install.status !== 0) throw new Error(`${install.stdout}${install.stderr}`.slice(-2_000));
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await launch(await pickPort(), directory, user, remove);
      if (typeof outcome !== "string") return outcome;
      if (!outcome.includes("Address already in use") || attempt === attemptsMax) throw new Error(outcome);
    }
  } catch (error) {
    await remove();
    throw new RuntimeError("test_mariadb_start_failed", `mariadbd did not start: ${error}`, { cause: error });
  }
}

async function launch(
  port: number,
  directory: string,
  user: string[],
  remove: () => Promise<void>,
): Promise<TestMariadb | string> {
  const initFile = join(directory, "init.sql");
  await writeFile(initFile, INIT);
  const flags = [
    "--no-defaults",
    ...user,
    `--datadir=${join(directory, "data")}`,
    `--socket=${join(directory, "socket")}`,
    `--pid-file=${join(directory, "pid")}`,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-buffer-pool-size=32M",
    `--init-file=${initFile}`,
  ];
  const [file = "", ...args] = [...deathSignalPrefix("TERM"), "mariadbd", ...flags];
  const child = spawn(file, args, { env: environmentIn(directory), stdio: ["ignore", "ignore", "pipe"] });
  await once(child, "spawn");
  const ended = once(child, "exit");
  let output = "";
  const ready = new Promise<boolean>((resolve) => {
    child.stderr.on("data", (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-4_000);
      if (output.includes("ready for connections")) resolve(true);
    });
    child.once("close", () => resolve(false));
  });
  if (!(await within(ready, readyMsMax, "The start of mariadbd"))) return output;
  const stop = async () => {
    child.kill("SIGTERM");
    await within(ended, 20_000, "mariadbd").catch(() => {
      child.kill("SIGKILL");
      return ended;
    });
    await remove();
  };
  let stopping: Promise<void> | null = null;
  return {
    url: `mysql://reader:a-test-password@127.0.0.1:${port}/staging`,
    pid: Number(child.pid),
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Servers that start at once would take each other's temporary tables for their own. */
function environmentIn(directory: string): NodeJS.ProcessEnv {
  return { ...process.env, TMPDIR: directory };
}
