import {
  createLogger,
  createShutdown,
  createUuidV7,
  loadKeys,
  readConfig,
  systemClock,
  watchParent,
} from "@xueshi/runtime";
import { startQueryApi } from "./start-query-api.ts";

const HELP = `query-api: checks, kept verdicts, balances and entries, for declaration systems and operators.

Environment:
  DATABASE_URL       PostgreSQL 15 or newer, as a member of xueshi_query (required)
  XUESHI_INDEX_KEY   64 hex digits, fixed at installation
  XUESHI_MASTER_KEY  64 hex digits
  XUESHI_CRYPTO_SUITE aes-sha2, or sm4-sm3 (SM4, SM3); fixed at installation
  ACCESS_LOG         group (default): reads are noted in group commits of at most 50 ms; sync: each answer waits
  XUESHI_FEED_RETENTION_DAYS  how many days back GET /v1/feed is served, default 0: from its beginning
  QUERY_API_PORT     default 8081
  HOST, LOG_LEVEL    default 127.0.0.1, info; debug also logs each request
`;

if (process.argv.includes("--help")) {
  process.stdout.write(HELP);
} else {
  await main();
}

async function main(): Promise<void> {
  const config = readConfig(process.env, process.cwd());
  const logger = createLogger({ service: "query-api", level: config.logLevel, clock: systemClock });
  const shutdown = createShutdown({ logger, stepMsMax: 25_000 });
  shutdown.listen();
  watchParent(shutdown, config.parentWatch);
  if (config.databaseUrl === null) throw new Error("DATABASE_URL is required.");
  const service = await startQueryApi({
    databaseUrl: config.databaseUrl,
    keys: await loadKeys(process.env, config),
    host: config.host,
    port: config.ports.queryApi,
    clock: systemClock,
    newId: createUuidV7(systemClock),
    logger,
    accessLog: config.accessLog,
    feedRetentionDays: config.feedRetentionDays,
    requestLog: config.logLevel === "debug",
  });
  shutdown.register("service", () => service.close());
  logger.info("listening", { url: service.url });
}
