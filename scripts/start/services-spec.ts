import { join } from "node:path";
import type { PreparedDatabase } from "./prepare-database.ts";
import type { ChildSpec } from "./supervise.ts";

export interface ServicePlaces {
  readonly workspaceDir: string;
  readonly dataDir: string;
  readonly targetsFile: string;
  /** Whether platforms are pulled on their schedules. */
  readonly schedules: boolean;
  readonly logLevel: string;
  readonly ports: { readonly queryApi: number; readonly ingestionWorker: number; readonly ledgerService: number };
}

/**
 * V8 lets garbage grow to several times what is in use where a machine has much memory. Under 2 GiB it collects at twice.
 */
const MEMORY_FLAGS = ["--max-old-space-size=2000", "--max-semi-space-size=32"];

export type ServiceName = "ingestion-worker" | "ledger-service" | "query-api";

/** The three services as processes, each with the database login of its own role. */
export function servicesSpec(
  places: ServicePlaces,
  serviceUrls: PreparedDatabase["serviceUrls"],
): Readonly<Record<ServiceName, ChildSpec>> {
  const { workspaceDir, ports } = places;
  const spec = (name: ServiceName, databaseUrl: string): ChildSpec => ({
    name,
    args: [...MEMORY_FLAGS, join(workspaceDir, `services/${name}/src/main.ts`)],
    env: {
      ...process.env,
      LOG_LEVEL: places.logLevel,
      DATABASE_URL: databaseUrl,
      XUESHI_DATA_DIR: places.dataDir,
      XUESHI_TARGETS: places.targetsFile,
      XUESHI_SCHEDULES: places.schedules ? "on" : "off",
      QUERY_API_PORT: String(ports.queryApi),
      INGESTION_WORKER_PORT: String(ports.ingestionWorker),
      LEDGER_SERVICE_PORT: String(ports.ledgerService),
    },
    cwd: workspaceDir,
  });
  return {
    "ingestion-worker": spec("ingestion-worker", serviceUrls.ingestion),
    "ledger-service": spec("ledger-service", serviceUrls.ledger),
    "query-api": spec("query-api", serviceUrls.query),
  };
}
