import { mkdir, realpath } from "node:fs/promises";
import type { Logger } from "../logging/create-logger.ts";
import { RuntimeError } from "../runtime-error.ts";
import { systemClock } from "../time/system-clock.ts";
import { choosePlacement, type PlacementQuestion } from "./choose-placement.ts";
import { makeEphemeralDirectory, removeEphemeralDirectory, sweepEphemeralDirectories } from "./ephemeral-directory.ts";
import { type Binaries, findInstallation } from "./find-installation.ts";
import { holdLock } from "./hold-lock.ts";
import { type LaunchedServer, launchServer, type ServerExit } from "./launch-server.ts";
import { prepareCluster, superuser } from "./prepare-cluster.ts";
import { stopServer } from "./server-processes.ts";
import { readState } from "./store-files.ts";

export type EmbeddedPostgresOptions = {
  /** TCP port on 127.0.0.1; 0 or absent: a free one. */
  port?: number;
  /** Absent: the binaries that came with the dependencies. */
  binaries?: Binaries;
  /** Made when it does not exist; `[a-z_][a-z0-9_]*`, at most 63 characters. */
  databaseName: string;
  logger: Logger;
  /** How the server may be placed; for tests. */
  placement?: Pick<PlacementQuestion, "without" | "relocationDir">;
} & (
  | { /** Where the cluster, its password and its log are kept. */ dataDir: string; ephemeral?: false }
  | { /** A temporary folder, without durability, removed by `stop`: for tests. */ ephemeral: true }
);

export type EmbeddedPostgres = {
  /** Connects as the superuser, over TCP on 127.0.0.1 with SCRAM-SHA-256. Holds the password: never log it. */
  readonly url: string;
  readonly port: number;
  /** As in `18.4`. */
  readonly version: string;
  readonly major: number;
  readonly pid: number;
  /** Absolute, without links. */
  readonly dataDir: string;
  /** Settles when the server has ended, by `stop` or by itself. */
  readonly exited: Promise<ServerExit>;
  /** Ends the server: clients are cut off, then a checkpoint; bounded by force. */
  stop(): Promise<void>;
};

/**
 * Starts a real PostgreSQL as a child of this process, on a data directory that is made the first time.
 * The server does not outlive this process: it is told of its death by the kernel where that is possible, and one
 * that was left behind all the same is stopped by the next start.
 * @throws RuntimeError with a code `embedded_postgres_…`; the message says what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  checkDatabaseName(options.databaseName);
  const installation = await findInstallation(options.binaries ?? "embedded");
  const dataDir = await openDataDir(options);
  const lock = await holdLock(dataDir);
  if (lock === null) throw inUse(dataDir);
  const ephemeral = options.ephemeral === true;
  const leave = async () => {
    if (ephemeral) await removeEphemeralDirectory(dataDir);
    await lock.release();
  };
  try {
    const { databaseName, logger, port = 0 } = options;
    const { storeDir } = await readState(dataDir);
    const placement = await choosePlacement({ ...options.placement, installation, dataDir, storeDir, logger });
    const cluster = await prepareCluster({ placement, dataDir, databaseName, ephemeral, logger });
    const { clusterDir, password } = cluster;
    const server = await launchServer({ placement, clusterDir, dataDir, port, ephemeral, logger });
    const { version, major } = installation;
    logger.info("the embedded PostgreSQL is ready", { version, port: server.port, runs: placement.launcher.kind });
    return {
      url: `postgres://${superuser}:${password}@127.0.0.1:${server.port}/${databaseName}`,
      port: server.port,
      version,
      major,
      pid: server.pid,
      dataDir,
      exited: server.exited,
      stop: watchServer(server, clusterDir, logger, leave),
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

/** Returns the stop function; until it is called, the server's end is an error, and this process's end its end. */
function watchServer(
  server: LaunchedServer,
  clusterDir: string,
  logger: Logger,
  leave: () => Promise<void>,
): () => Promise<void> {
  let stopping: Promise<void> | null = null;
  const onProcessExit = () => {
    try {
      process.kill(server.pid, "SIGINT");
    } catch {
      // The server has ended already.
    }
  };
  process.once("exit", onProcessExit);
  void server.exited.then((exit) => {
    process.removeListener("exit", onProcessExit);
    if (stopping === null) logger.error("the embedded PostgreSQL ended by itself", exit);
  });
  const stop = async () => {
    server.keepAlive();
    await stopServer(clusterDir);
    await server.exited;
    await leave();
  };
  return () => {
    stopping ??= stop();
    return stopping;
  };
}

async function openDataDir(options: EmbeddedPostgresOptions): Promise<string> {
  if (options.ephemeral === true) {
    await sweepEphemeralDirectories(systemClock, options.logger);
    return await makeEphemeralDirectory();
  }
  await mkdir(options.dataDir, { recursive: true });
  // Process tables show real paths: comparing with them takes one without links.
  return await realpath(options.dataDir);
}

function checkDatabaseName(databaseName: string): void {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(databaseName)) return;
  throw new RuntimeError(
    "config_invalid",
    "The database name must be 1 to 63 lower-case letters, digits or underscores and not begin with a digit.",
  );
}

function inUse(dataDir: string): RuntimeError {
  return new RuntimeError(
    "embedded_postgres_in_use",
    `The data directory ${dataDir} is in use by another running process of xueshi. Stop that one, set XUESHI_DATA_DIR ` +
      "to another directory, or set DATABASE_URL to share one server.",
  );
}
