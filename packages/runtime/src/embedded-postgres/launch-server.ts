import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../logging/create-logger.ts";
import { RuntimeError } from "../runtime-error.ts";
import type { Placement } from "./choose-placement.ts";
import { pickPort } from "./pick-port.ts";
import { serverFlags } from "./server-flags.ts";
import { readPostmasterFile, stopServer } from "./server-processes.ts";

export type LaunchQuestion = {
  placement: Placement;
  clusterDir: string;
  dataDir: string;
  /** 0: a free one. */
  port: number;
  ephemeral: boolean;
  logger: Logger;
};

export type ServerExit = { code: number | null; signal: NodeJS.Signals | null };
export type LaunchedServer = {
  pid: number;
  port: number;
  exited: Promise<ServerExit>;
  /** From now on this process stays alive until the server has ended. */
  keepAlive(): void;
};

const pollMs = 10;
const noticeMs = 5_000;
/** Recovery of all of max_wal_size may come before readiness. */
const readyMsMax = 600_000;
const logBytesMax = 20_000_000;
const portAttemptsMax = 10;
const portTaken = /could not bind IPv4 address|Address already in use/;

/**
 * Starts the server and waits until it takes connections.
 * @throws RuntimeError `embedded_postgres_port_taken` (a port was asked for), `embedded_postgres_start_failed`
 */
export async function launchServer(question: LaunchQuestion): Promise<LaunchedServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = question.port === 0 ? await pickPort() : question.port;
    const outcome = await launchOnce(question, port);
    if (outcome.server !== null) return outcome.server;
    const taken = portTaken.test(outcome.log);
    if (taken && question.port !== 0) {
      throw new RuntimeError(
        "embedded_postgres_port_taken",
        `Port ${port} of 127.0.0.1 is in use, so the embedded PostgreSQL cannot listen there. Choose another, or 0 for a free one.`,
      );
    }
    if (!taken || attempt === portAttemptsMax) {
      const message = `The embedded PostgreSQL did not start. The end of its log: ${outcome.log.trim().slice(-1_500)}`;
      throw new RuntimeError("embedded_postgres_start_failed", message);
    }
  }
}

async function launchOnce(
  question: LaunchQuestion,
  port: number,
): Promise<{ server: LaunchedServer; log: null } | { server: null; log: string }> {
  const { placement, clusterDir, ephemeral } = question;
  const log = await openLog(join(question.dataDir, "postgres.log"));
  try {
    const { size: logStart } = await log.stat();
    const { file, args, options } = placement.launcher.command(
      join(placement.installation.binDir, "postgres"),
      ["-D", clusterDir, ...serverFlags(port, ephemeral)],
      clusterDir,
      "INT",
    );
    // Detached: Ctrl-C reaches this process first, which lets its work run dry and then stops the server.
    const child = spawn(file, args, { ...options, detached: true, stdio: ["ignore", log.fd, log.fd] });
    await once(child, "spawn");
    child.unref();
    const exited = once(child, "exit").then(([code, signal]): ServerExit => ({ code, signal }));
    if (await isReady(child, question)) {
      return { server: { pid: Number(child.pid), port, exited, keepAlive: () => child.ref() }, log: null };
    }
    const { size: logEnd } = await log.stat();
    const { buffer } = await log.read(Buffer.alloc(logEnd - logStart), 0, logEnd - logStart, logStart);
    return { server: null, log: buffer.toString() };
  } finally {
    await log.close();
  }
}

/** True once the server says that it is ready, false when it ended instead. */
async function isReady(child: ChildProcess, { clusterDir, logger }: LaunchQuestion): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < readyMsMax; waitedMs += pollMs) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    const file = await readPostmasterFile(clusterDir);
    if (file?.pid === child.pid && file?.state === "ready") return true;
    if (waitedMs === noticeMs) logger.info("waiting for the embedded PostgreSQL, which may be recovering");
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  await stopServer(clusterDir);
  return false;
}

async function openLog(path: string) {
  const found = await stat(path).catch(() => null);
  if (found !== null && found.size > logBytesMax) await rename(path, `${path}.1`);
  return await open(path, "a+", 0o600);
}
