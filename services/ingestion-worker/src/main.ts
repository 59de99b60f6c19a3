import {
  createLogger,
  createShutdown,
  createUuidV7,
  loadKeys,
  readConfig,
  systemClock,
  watchParent,
} from "@xueshi/runtime";
import { readPlatformTargets } from "./acquisition/platform-targets.ts";
import { startIngestionWorker } from "./start-ingestion-worker.ts";

const HELP = `ingestion-worker: pulls platforms on their schedules and takes pushed records.

Environment:
  DATABASE_URL            PostgreSQL 15 or newer, as a member of xueshi_ingestion (required)
  REDIS_URL               queue on Redis; without it the queue lives in PostgreSQL
  XUESHI_INDEX_KEY        64 hex digits, fixed at installation
  XUESHI_MASTER_KEY       64 hex digits
  XUESHI_CRYPTO_SUITE     aes-sha2, or sm4-sm3 (SM4, SM3); fixed at installation
  XUESHI_TARGETS          JSON file with the platforms' addresses and credentials
  XUESHI_SCHEDULES        on (default) or off: pull on schedule
  XUESHI_NAME_VARIANTS    hold (default) or accept: rows under another spelling of a known name; as the ledger service has it
  XUESHI_READMISSION_LIST_DAYS  days after its end for which the list of what a re-admission changed is kept (400)
  XUESHI_FOUR_EYES        erasure among them (default): another operator erases somebody than the one who proposed it
  INGESTION_WORKER_PORT   default 8082
  HOST, LOG_LEVEL         default 127.0.0.1, info
`;

if (process.argv.includes("--help")) {
  process.stdout.write(HELP);
} else {
  await main();
}

async function main(): Promise<void> {
  const config = readConfig(process.env, process.cwd());
  const logger = createLogger({ service: "ingestion-worker", level: config.logLevel, clock: systemClock });
  const shutdown = createShutdown({ logger, stepMsMax: 15_000 });
  shutdown.listen();
  watchParent(shutdown, config.parentWatch);
  const targetsFile = process.env.XUESHI_TARGETS;
  if (config.databaseUrl === null) throw new Error("DATABASE_URL is required.");
  const service = await startIngestionWorker({
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
    keys: await loadKeys(process.env, config),
    targets: targetsFile === undefined ? {} : await readPlatformTargets(targetsFile),
    host: config.host,
    port: config.ports.ingestionWorker,
    clock: systemClock,
    newId: createUuidV7(systemClock),
    logger,
    nameVariants: config.nameVariants,
    readmissionListDays: config.readmissionListDays,
    needsSecondEraser: config.fourEyes.includes("erasure"),
    schedules: process.env.XUESHI_SCHEDULES !== "off",
  });
  shutdown.register("service", () => service.close());
  logger.info("listening", { url: service.url });
}
