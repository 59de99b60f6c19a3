import {
  checkRoutes,
  exportPersonRoute,
  getBalancesRoute,
  getEntriesRoute,
  getVerdictRoute,
  listChangedVerdictsRoute,
  listCheckpointsRoute,
  lookupPractitionerRoute,
  proveConsistencyRoute,
  proveEntryRoute,
  readFeedRoute,
  replayVerdictRoute,
} from "@xueshi/contracts";
import {
  classifyFailure,
  confirmInstallation,
  connect,
  readApiKey,
  readFeedSize,
  type Sql,
  writeAccessRows,
} from "@xueshi/database";
import { type App, authenticate, createApp, serve } from "@xueshi/http";
import { VOCABULARY } from "@xueshi/rulebook";
import type { AccessLogMode, Clock, Keys, Logger } from "@xueshi/runtime";
import { createVault } from "@xueshi/vault";
import { createAccessLog } from "./access/access-log.ts";
import { principalOf } from "./access/principal-of.ts";
import type { EventStreams } from "./ledger/event-streams.ts";
import { createFeedRetention, type FeedRetention } from "./ledger/feed-retention.ts";
import { listCheckpoints } from "./ledger/list-checkpoints.route.ts";
import { proveConsistency } from "./ledger/prove-consistency.route.ts";
import { proveEntry } from "./ledger/prove-entry.route.ts";
import { readFeed } from "./ledger/read-feed.route.ts";
import { watchFeed } from "./ledger/watch-feed.ts";
import { getBalances } from "./projection/get-balances.route.ts";
import { getEntries } from "./projection/get-entries.route.ts";
import { lookupPractitioner } from "./projection/lookup-practitioner.route.ts";
import type { QueryContext } from "./query-context.ts";
import { readKnowledge } from "./requirement/read-knowledge.ts";
import { watchKnowledge } from "./requirement/watch-knowledge.ts";
import { check } from "./verdict/check.route.ts";
import { checkBatch } from "./verdict/check-batch.route.ts";
import { createReplay } from "./verdict/create-replay.ts";
import { exportPerson } from "./verdict/export-person.route.ts";
import { getRequirements } from "./verdict/get-requirements.route.ts";
import { getVerdict } from "./verdict/get-verdict.route.ts";
import { listChangedVerdicts } from "./verdict/list-changed-verdicts.route.ts";
import { replayVerdict } from "./verdict/replay-verdict.route.ts";

export interface QueryApiOptions {
  readonly databaseUrl: string;
  readonly keys: Keys;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: Logger;
  /** `group`: reads are noted in group commits; `sync`: an answer waits for its note. */
  readonly accessLog: AccessLogMode;
  /** How many days back the feed is served; null, the default: from its beginning. */
  readonly feedRetentionDays?: number | null;
  /** Whether each request is a line in the log; failures of the service always are. Default false. */
  readonly requestLog?: boolean;
}

export interface RunningService {
  readonly url: string;
  /** Takes nothing new, ends what runs, writes the rest of the access log, and closes everything that was opened. */
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 10;
/** For what goes on beside the answers: knowledge, the access log, keys. It never waits behind them. */
const BACKGROUND_CONNECTIONS_MAX = 3;
/** For streams of the feed, however many there are: they take turns. */
const FEED_CONNECTIONS_MAX = 2;
const STATEMENT_MS_MAX = 10_000;
const DRAIN_MS_MAX = 8_000;

/**
 * Starts the service that answers. It starts without a database too and is then alive but not ready: every answer is
 * `service_unavailable` until the database is there.
 */
export async function startQueryApi(options: QueryApiOptions): Promise<RunningService> {
  const { clock, newId, logger, host, port } = options;
  const monotonicMs = (): number => performance.now();
  const database = { url: options.databaseUrl, statementTimeoutMs: STATEMENT_MS_MAX };
  const sql = connect({ ...database, connectionsMax: CONNECTIONS_MAX, applicationName: "query-api", keyedPlans: true });
  const background = connect({
    ...database,
    connectionsMax: BACKGROUND_CONNECTIONS_MAX,
    applicationName: "query-api background",
  });
  const feedSql = connect({ ...database, connectionsMax: FEED_CONNECTIONS_MAX, applicationName: "query-api feed" });
  const knowledge = await watchKnowledge({
    read: (before) => readKnowledge(background, before),
    logger,
    monotonicMs,
  });
  const accessLog = createAccessLog({
    write: (rows) => writeAccessRows(background, rows),
    mode: options.accessLog,
    logger,
    monotonicMs,
  });
  const vault = createVault(options.keys);
  let isConfirmed = false;
  const confirmKeys = async (): Promise<void> => {
    if (isConfirmed) return;
    await confirmInstallation(background, vault.fingerprint);
    isConfirmed = true;
  };
  const app = createApp({
    title: { "zh-CN": "学时查询接口", en: "Query API" },
    version: "0.1.0",
    logger,
    clock,
    ids: newId,
    accessLog: options.requestLog ?? false,
    authenticate: authenticate({
      lookup: async (digest) => {
        await confirmKeys();
        return principalOf(await readApiKey(background, digest));
      },
      clock,
    }),
    classifyFailure,
    readiness: {
      database: () => sql`SELECT 1`,
      keys: confirmKeys,
      knowledge: () => knowledge.check(),
      accessLog: () => accessLog.check(),
    },
  });
  const feedRetention = createFeedRetention(background, options.feedRetentionDays ?? null, clock);
  const watch = watchFeed({ readSize: () => readFeedSize(feedSql), logger });
  const streams: Streams = { sql: feedSql, feedRetention, clock, watch, openByKey: new Map() };
  addRoutes(app, streams, { sql, vault, knowledge, accessLog, newId, replay: createReplay(sql, vault) });
  const server = await serve(app, { host, port, ids: newId });
  return {
    url: `http://${server.host}:${server.port}`,
    async close() {
      await watch.stop();
      await server.close(DRAIN_MS_MAX);
      await knowledge.stop();
      try {
        await accessLog.close();
      } finally {
        await Promise.all([sql, feedSql, background].map((pool) => pool.end({ timeout: 5 })));
      }
    },
  };
}

/** What answers as streams need: connections of their own among them, so that they never keep a check waiting. */
interface Streams extends EventStreams {
  readonly sql: Sql;
  readonly feedRetention: FeedRetention;
  readonly clock: Clock;
}

function addRoutes(app: App, streams: Streams, context: QueryContext): void {
  const streamed = { ...context, sql: streams.sql };
  const { checkRoute, checkBatchRoute, getRequirementsRoute } = checkRoutes(VOCABULARY);
  app.route(checkRoute, check(context));
  app.route(checkBatchRoute, checkBatch(context, checkRoute.body.schema));
  // Before the route of one verdict, whose pattern it fits, too.
  app.route(listChangedVerdictsRoute, listChangedVerdicts(context, streamed, streams, streams.clock));
  app.route(getVerdictRoute, getVerdict(context));
  app.route(replayVerdictRoute, replayVerdict(context));
  app.route(lookupPractitionerRoute, lookupPractitioner(context));
  app.route(getBalancesRoute, getBalances(context));
  app.route(getEntriesRoute, getEntries(context));
  app.route(exportPersonRoute, exportPerson(context));
  app.route(getRequirementsRoute, getRequirements(context));
  app.route(proveEntryRoute, proveEntry(context));
  const { feedRetention } = streams;
  app.route(readFeedRoute, readFeed({ ...context, feedRetention }, { ...streamed, feedRetention }, streams));
  app.route(listCheckpointsRoute, listCheckpoints(context));
  app.route(proveConsistencyRoute, proveConsistency(context));
}
