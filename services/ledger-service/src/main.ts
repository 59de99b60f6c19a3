import {
  createLogger,
  createShutdown,
  createUuidV7,
  loadSigningKey,
  readConfig,
  systemClock,
  watchParent,
} from "@xueshi/runtime";
import { startLedgerService } from "./start-ledger-service.ts";

const HELP = `ledger-service: classifies and posts what was admitted; the only writer of the ledger.

Environment:
  DATABASE_URL         PostgreSQL 15 or newer, as a member of xueshi_ledger (required)
  REDIS_URL            queue on Redis; without it the queue lives in PostgreSQL
  XUESHI_NAME_VARIANTS hold (default) or accept: rows under another spelling of a known name; as the ingestion worker has it
  XUESHI_FOUR_EYES     kinds of corrections that another operator applies than the one who proposed them, by commas:
                       withdrawal, fraud_revocation, administrative_error, correction, reclassification, same_achievement,
                       distinct_achievements, erasure, or none (default fraud_revocation, erasure; the ingestion worker erases)
  XUESHI_SIGNING_KEY   64 hexadecimal digits: signs checkpoints of the ledger; without it none is signed in production
  XUESHI_ORIGIN        the ledger's name in them, default xueshi.local/ledger; keep it for ever
  XUESHI_CHECKPOINT_SECONDS  how often one is signed, default 3600; 0: only on demand
  LEDGER_SERVICE_PORT  default 8083
  HOST, LOG_LEVEL      default 127.0.0.1, info
`;

if (process.argv.includes("--help")) {
  process.stdout.write(HELP);
} else {
  await main();
}

async function main(): Promise<void> {
  const config = readConfig(process.env, process.cwd());
  const logger = createLogger({ service: "ledger-service", level: config.logLevel, clock: systemClock });
  const shutdown = createShutdown({ logger, stepMsMax: 15_000 });
  shutdown.listen();
  watchParent(shutdown, config.parentWatch);
  if (config.databaseUrl === null) throw new Error("DATABASE_URL is required.");
  const service = await startLedgerService({
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
    host: config.host,
    port: config.ports.ledgerService,
    clock: systemClock,
    newId: createUuidV7(systemClock),
    logger,
    nameVariants: config.nameVariants,
    fourEyes: config.fourEyes.filter((kind) => kind !== "erasure"),
    checkpoints: { ...config.checkpoints, signingKey: await loadSigningKey(process.env, config) },
  });
  shutdown.register("service", () => service.close());
  logger.info("listening", { url: service.url });
}
