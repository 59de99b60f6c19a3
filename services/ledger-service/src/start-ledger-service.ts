import { classifyFailure, connect, readApiKey } from "@xueshi/database";
import type { CorrectionKind, DuplicateDecisionKind } from "@xueshi/domain";
import { authenticate, createApp, type Principal, serve } from "@xueshi/http";
import { SOURCES, type SourceRegistry } from "@xueshi/platforms";
import { openQueue } from "@xueshi/queue";
import { type Chance, type Clock, type Logger, type NameVariants, systemChance } from "@xueshi/runtime";
import { createNoteSigner, sha256Hex, sha256Suite, sha256TreeHash } from "@xueshi/vault";
import { addCheckpointRoutes } from "./ledger/checkpoint-routes.ts";
import { addCorrectionRoutes } from "./ledger/corrections/correction-routes.ts";
import { addDuplicateRoutes } from "./ledger/corrections/duplicate-routes.ts";
import { handlePostBatch, postForgotten } from "./ledger/post-batch.job.ts";
import { BATCHES_AT_A_TIME } from "./ledger/post-batch.ts";
import type { PostingContext } from "./ledger/posting-context.ts";
import { addReviewRoutes } from "./ledger/review-routes.ts";
import { addRuleChangeRoutes } from "./ledger/rule-change-routes.ts";
import type { CheckpointContext } from "./ledger/sign-checkpoint.ts";
import { startCheckpoints } from "./ledger/start-checkpoints.ts";
import { startFollowing } from "./ledger/start-following.ts";
import { startSequencer } from "./ledger/start-sequencer.ts";
import { addProjectionRoutes } from "./projection/routes.ts";
import { createRuleSetReader } from "./requirement/create-rule-set-reader.ts";

export interface LedgerServiceOptions {
  readonly databaseUrl: string;
  /** Null: the queue lives in PostgreSQL. */
  readonly redisUrl: string | null;
  /** Default: every source with a folder in `packages/platforms`. */
  readonly sources?: SourceRegistry;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Spreads what is tried again. Default: the machine's. */
  readonly chance?: Chance;
  readonly logger: Logger;
  /** Default `hold`. */
  readonly nameVariants?: NameVariants;
  /** Kinds of corrections that need a second holder. Default: revocation for fraud. */
  readonly fourEyes?: readonly (CorrectionKind | DuplicateDecisionKind)[];
  /** Signed checkpoints; without a key (32 bytes) none is signed. Default: no key. */
  readonly checkpoints?: { readonly origin: string; readonly everyMs: number; readonly signingKey: Uint8Array | null };
  /** Batches posted at a time. Default {@link BATCHES_AT_A_TIME}. */
  readonly concurrency?: number;
  /** Milliseconds between two looks for batches that no hint reached. Default 2,000. */
  readonly sweepEveryMs?: number;
}

export interface RunningService {
  readonly url: string;
  /** Takes nothing new, ends what runs, and closes everything that was opened. */
  close(): Promise<void>;
}

const FOUR_EYES_DEFAULT: readonly CorrectionKind[] = ["fraud_revocation"];
const CONNECTIONS_MAX = 10;
const DRAIN_MS_MAX = 8_000;
/** A batch that no hint reached within this time is posted by the sweeper, where no hints arrive at all. */
const FORGOTTEN_MS = 1_000;
/** The same while hints arrive. */
const OVERDUE_MS = 30_000;
/** So soon after a posting it is numbered, and so often this service looks for what others posted. */
const SEQUENCER = { pauseMs: 100, everyMs: 1_000 };

/** Starts the only writer of the ledger. */
export async function startLedgerService(options: LedgerServiceOptions): Promise<RunningService> {
  const { clock, newId, logger, host, port } = options;
  const sql = connect({
    url: options.databaseUrl,
    connectionsMax: CONNECTIONS_MAX,
    applicationName: "ledger-service",
    keyedPlans: true,
  });
  const queue = openQueue({
    redisUrl: options.redisUrl ?? undefined,
    postgresUrl: options.redisUrl === null ? options.databaseUrl : undefined,
    logger,
  });
  const context: PostingContext = {
    sql,
    clock,
    newId,
    chance: options.chance ?? systemChance,
    suite: sha256Suite,
    sha256Hex,
    rules: createRuleSetReader(sql, clock),
    sources: options.sources ?? SOURCES,
    nameVariants: options.nameVariants ?? "hold",
    actor: "ledger-service",
  };
  const app = createApp({
    title: { "zh-CN": "学时账本服务", en: "Ledger service" },
    version: "0.1.0",
    logger,
    clock,
    ids: newId,
    authenticate: authenticate({
      lookup: async (digest) => (await readApiKey(sql, digest)) as Principal | null,
      clock,
    }),
    classifyFailure,
    readiness: { database: () => sql`SELECT 1` },
  });
  addReviewRoutes(app, context);
  const correcting = { ...context, fourEyes: new Set(options.fourEyes ?? FOUR_EYES_DEFAULT) };
  for (const add of [addCorrectionRoutes, addDuplicateRoutes]) add(app, correcting);
  const checkpoints = checkpointContext(context, options.checkpoints);
  addRuleChangeRoutes(app, sql);
  addCheckpointRoutes(app, checkpoints);
  addProjectionRoutes(app, sql);
  const server = await serve(app, { host, port, ids: newId });
  const sequencer = startSequencer({ sql, clock, treeHash: sha256TreeHash }, logger, SEQUENCER);
  const signing = checkpoints && startCheckpoints(checkpoints, logger, options.checkpoints?.everyMs ?? 0);
  let lastHintAtMs = 0;
  const handleHint = async (payload: { batchId: string }): Promise<void> => {
    lastHintAtMs = clock();
    await handlePostBatch(context, payload);
    sequencer.wake();
  };
  queue.work("post-batch", handleHint, { concurrency: options.concurrency ?? BATCHES_AT_A_TIME });
  // While hints arrive a backlog is worked off in the queue's order, and only what is long overdue is taken out of turn.
  const forgottenMs = (): number => (clock() - lastHintAtMs > FORGOTTEN_MS ? FORGOTTEN_MS : OVERDUE_MS);
  const sweeper = startSweeper(context, logger, options.sweepEveryMs ?? 2_000, forgottenMs);
  const following = startFollowing(context, logger, options.sweepEveryMs ?? 2_000);
  return {
    url: `http://${server.host}:${server.port}`,
    async close() {
      await sweeper.stop();
      await server.close(DRAIN_MS_MAX);
      await queue.close({ timeoutMs: DRAIN_MS_MAX });
      await Promise.all([sequencer.stop(), signing?.stop(), following.stop()]);
      await sql.end({ timeout: 5 });
    },
  };
}

function checkpointContext(
  { sql, clock, chance }: PostingContext,
  settings: LedgerServiceOptions["checkpoints"],
): CheckpointContext | null {
  if (!settings?.signingKey) return null;
  const { origin, signingKey } = settings;
  return { sql, clock, chance, treeHash: sha256TreeHash, origin, signer: createNoteSigner(origin, signingKey) };
}

/** One round at a time; a round that fails is only late. */
function startSweeper(
  context: PostingContext,
  logger: Logger,
  everyMs: number,
  forgottenMs: () => number,
): { stop: () => Promise<void> } {
  let running: Promise<void> | null = null;
  const tellFailure = (batchId: string, error: unknown) =>
    logger.error("a batch could not be posted and is tried again", { batchId, error });
  const timer = setInterval(() => {
    running ??= postForgotten(context, context.clock() - forgottenMs(), tellFailure)
      .catch((error: unknown) => logger.warn("a sweep failed; the next one looks again", { error }))
      .finally(() => {
        running = null;
      });
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
