import { lchown, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../logging/create-logger.ts";
import { RuntimeError } from "../runtime-error.ts";
import type { Placement } from "./choose-placement.ts";
import { createDatabaseStatement, initCluster } from "./init-cluster.ts";
import { runSingleUser } from "./run-single-user.ts";
import { clearOrphan } from "./server-processes.ts";
import { ignoreMissing, makePassword, readPassword, readState, writePassword, writeState } from "./store-files.ts";

export const superuser = "postgres";

export type ClusterQuestion = {
  placement: Placement;
  dataDir: string;
  databaseName: string;
  ephemeral: boolean;
  logger: Logger;
};

export type Cluster = { clusterDir: string; password: string };

/**
 * Leaves behind a cluster that can be started: made when there is none, of the right version and owner, without a
 * server on it, with the database, and with a superuser's password that is known.
 * @throws RuntimeError `embedded_postgres_version_mismatch`, `embedded_postgres_init_failed`
 */
export async function prepareCluster(question: ClusterQuestion): Promise<Cluster> {
  const { placement, dataDir, databaseName, logger } = question;
  const clusterDir = join(placement.storeDir, "cluster");
  const state = await readState(dataDir);
  const known = await readPassword(dataDir);
  const password = known ?? makePassword();
  const found = await stat(clusterDir).catch(ignoreMissing);
  if (found === null) {
    logger.info("making the embedded PostgreSQL's data directory", { clusterDir });
    await initCluster({ ...question, clusterDir, superuser, password });
  } else {
    checkOwner(found.uid, placement, clusterDir);
    await checkVersion(placement, clusterDir);
    await clearOrphan(clusterDir, logger);
    await changeOwner(found.uid, placement, clusterDir);
    const statements = [
      ...(known === null ? [`ALTER ROLE ${superuser} PASSWORD '${password}';`] : []),
      ...(state.databases.includes(databaseName) ? [] : [createDatabaseStatement(databaseName)]),
    ];
    if (statements.length > 0) await runSingleUser(placement, clusterDir, statements);
  }
  if (known === null) await writePassword(dataDir, password);
  const storeDir = placement.storeDir === dataDir ? null : placement.storeDir;
  const databases = found === null ? [databaseName] : [...new Set([...state.databases, databaseName])];
  const next = { format: 1 as const, storeDir, databases };
  if (JSON.stringify(next) !== JSON.stringify(state)) await writeState(dataDir, next);
  return { clusterDir, password };
}

async function checkVersion({ installation }: Placement, clusterDir: string): Promise<void> {
  const text = await readFile(join(clusterDir, "PG_VERSION"), "utf8").catch(ignoreMissing);
  const found = text?.trim();
  if (found === String(installation.major)) return;
  throw new RuntimeError(
    "embedded_postgres_version_mismatch",
    found === undefined
      ? `The folder ${clusterDir} is there, but it is no PostgreSQL data directory. Move it away, or set XUESHI_DATA_DIR.`
      : `The data in ${clusterDir} is of PostgreSQL ${found}, and this installation brings PostgreSQL ` +
          `${installation.version}, which cannot read it. Point XUESHI_DATA_DIR at another directory, or run that ` +
          "version on it and set DATABASE_URL.",
  );
}

function checkOwner(uid: number, { launcher }: Placement, clusterDir: string): void {
  const own = process.getuid?.();
  if (launcher.owner !== null || uid === own) return;
  throw new RuntimeError(
    "embedded_postgres_start_failed",
    `The data in ${clusterDir} belongs to user number ${uid}, and PostgreSQL would run as number ${own}. ` +
      "Start as the user who started it before, give it to this one (chown -R), or set XUESHI_DATA_DIR to another directory.",
  );
}

/** As root, a cluster follows the account that can reach it now: a private folder may have been opened. */
async function changeOwner(uid: number, { launcher }: Placement, clusterDir: string): Promise<void> {
  if (launcher.owner === null || launcher.owner.uid === uid) return;
  const { uid: toUid, gid: toGid } = launcher.owner;
  const entries = await readdir(clusterDir, { recursive: true });
  for (const entry of entries) await lchown(join(clusterDir, entry), toUid, toGid);
  await lchown(clusterDir, toUid, toGid);
}
