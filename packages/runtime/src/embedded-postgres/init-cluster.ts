import { randomBytes } from "node:crypto";
import { chown, mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../logging/create-logger.ts";
import { RuntimeError } from "../runtime-error.ts";
import type { Placement } from "./choose-placement.ts";
import { runProgram } from "./run-program.ts";
import { runSingleUser } from "./run-single-user.ts";
import { clearOrphan } from "./server-processes.ts";

const draftPrefix = "cluster-draft-";
const builtinLocaleSinceMajor = 17;

export type InitQuestion = {
  placement: Placement;
  clusterDir: string;
  databaseName: string;
  superuser: string;
  password: string;
  /** True leaves the flushing to the operating system: for data that is thrown away. */
  ephemeral: boolean;
  logger: Logger;
};

/**
 * Makes the cluster with its database in a draft folder and renames it when it is whole, so that an init cut off in
 * the middle leaves only a draft, which the next start removes.
 * @throws RuntimeError `embedded_postgres_init_failed` with the end of what initdb said
 */
export async function initCluster(question: InitQuestion): Promise<void> {
  const { placement, clusterDir } = question;
  const { storeDir } = placement;
  await removeDrafts(storeDir, question.logger);
  const draftDir = join(storeDir, `${draftPrefix}${randomBytes(6).toString("hex")}`);
  const passwordPath = `${draftDir}.password`;
  await mkdir(draftDir, { mode: 0o700 });
  await writeFile(passwordPath, `${question.password}\n`, { mode: 0o600 });
  const { owner } = placement.launcher;
  if (owner !== null) {
    await chown(draftDir, owner.uid, owner.gid);
    await chown(passwordPath, owner.uid, owner.gid);
  }
  await runInitdb(question, draftDir, passwordPath);
  await rm(passwordPath);
  await runSingleUser(placement, draftDir, [createDatabaseStatement(question.databaseName)]);
  await rename(draftDir, clusterDir);
  await flushDirectory(storeDir);
}

/** The name is one of `[a-z0-9_]`: it needs no quoting. */
export function createDatabaseStatement(databaseName: string): string {
  return `CREATE DATABASE ${databaseName};`;
}

async function removeDrafts(storeDir: string, logger: Logger): Promise<void> {
  const entries = await readdir(storeDir);
  for (const name of entries.filter((entry) => entry.startsWith(draftPrefix))) {
    const draft = join(storeDir, name);
    await clearOrphan(draft, logger);
    await rm(draft, { recursive: true, force: true });
  }
}

async function runInitdb(question: InitQuestion, draftDir: string, passwordPath: string): Promise<void> {
  const { installation, launcher } = question.placement;
  // Both order text by code point and know Unicode's letters; 17 and later need no locale of the system for it.
  const locale =
    installation.major >= builtinLocaleSinceMajor
      ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
      : ["--locale=C.UTF-8"];
  const { code, stderr } = await runProgram({
    launcher,
    program: join(installation.binDir, "initdb"),
    args: [
      `--pgdata=${draftDir}`,
      `--username=${question.superuser}`,
      `--pwfile=${passwordPath}`,
      "--encoding=UTF8",
      ...locale,
      "--auth-host=scram-sha-256",
      "--auth-local=scram-sha-256",
      ...(question.ephemeral ? ["--no-sync"] : []),
    ],
    cwd: draftDir,
    input: "",
  });
  if (code === 0) return;
  throw new RuntimeError(
    "embedded_postgres_init_failed",
    `initdb of PostgreSQL ${installation.version} failed (exit code ${code}): ${stderr.trim().slice(-1_000)}`,
  );
}

async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
