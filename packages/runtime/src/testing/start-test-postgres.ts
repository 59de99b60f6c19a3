import { existsSync } from "node:fs";
import type { Binaries } from "../embedded-postgres/find-installation.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../embedded-postgres/start-embedded-postgres.ts";
import { createLogger, type Logger } from "../logging/create-logger.ts";
import { systemClock } from "../time/system-clock.ts";

const embeddedMajor = 18;

/**
 * Starts a PostgreSQL of one major version for tests: on a free port, in a temporary folder, without durability.
 * @returns the server, or null when this machine has no binaries of that version
 */
export async function startTestPostgres(options: {
  major: 15 | 18;
  /** Made with the server; `xueshi` when absent. */
  databaseName?: string;
  logger?: Logger;
}): Promise<EmbeddedPostgres | null> {
  const { databaseName = "xueshi", logger = quietLogger() } = options;
  const binaries = findBinaries(options.major);
  return binaries === null ? null : await startEmbeddedPostgres({ ephemeral: true, databaseName, binaries, logger });
}

/** The embedded binaries for their version, else where Debian and Red Hat put a server's. */
function findBinaries(major: number): Binaries | null {
  if (major === embeddedMajor) return "embedded";
  const places = [`/usr/lib/postgresql/${major}/bin`, `/usr/pgsql-${major}/bin`];
  const binDir = places.find((place) => existsSync(`${place}/postgres`));
  return binDir === undefined ? null : { binDir };
}

function quietLogger(): Logger {
  return createLogger({ service: "test-postgres", level: "error", clock: systemClock });
}
