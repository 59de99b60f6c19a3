import {
  closeReconciliationRoute,
  decodeCursor,
  encodeCursor,
  getReconciliationRoute,
  type Language,
  LIMITS,
  listDifferencesRoute,
  listReconciliationsRoute,
  type ReconciliationRequest,
  type ReconciliationResponse,
  repairReconciliationRoute,
  startReconciliationRoute,
} from "@xueshi/contracts";
import {
  advanceReconciliation,
  queueBackfill,
  queueReconciliation,
  type ReconciliationRow,
  readDifferences,
  readReconciliation,
  readReconciliations,
} from "@xueshi/database";
import { repairRanges } from "@xueshi/domain";
import { type App, HttpProblem } from "@xueshi/http";
import { z } from "zod";
import { canReadRange } from "../../acquisition/pull-range.ts";
import { hintPull } from "../../acquisition/routes.ts";
import { cursorProblem } from "../../cursor-problem.ts";
import type { IngestionContext } from "../../ingestion-context.ts";
import { hintReconciliation } from "./hint-reconciliation.ts";
import { presentDifference, presentReconciliation, presentSummary } from "./present-reconciliation.ts";
import { detailOf, NEW_DETAIL, proofOf, type Repair } from "./reconciliation-detail.ts";
import { spanOf } from "./report-totals.ts";

const listPosition = z.strictObject({ at: z.int(), id: z.uuid() });
const differencePosition = z.strictObject({ key: z.uuid() });
const FIRST_KEY = "00000000-0000-0000-0000-000000000000";
/** Back-fills that one repair queues at most; others wait beside them. */
const REPAIRS_MAX = 10;

/** Operations for reconciling with platforms. */
export function addReconciliationRoutes(app: App, context: IngestionContext): void {
  addReadingRoutes(app, context);
  app.route(startReconciliationRoute, async ({ body }, call) => {
    const reconciliationId = await start(context, body, call.receivedAtMs, call.principal.name);
    await hintReconciliation(context, reconciliationId);
    return { status: 202, json: await show(context, reconciliationId, call.language) };
  });
  app.route(repairReconciliationRoute, async ({ params }, call) => {
    const run = await differing(context, params.reconciliationId);
    await repair(context, run, call.receivedAtMs, call.principal.name);
    return { status: 202, json: await show(context, run.reconciliationId, call.language) };
  });
  app.route(closeReconciliationRoute, async ({ params, body }, call) => {
    const run = await differing(context, params.reconciliationId);
    const { reconciliationId } = run;
    const closing = { basis: "explained", closedAtMs: call.receivedAtMs, closedBy: call.principal.name } as const;
    const proof = proofOf(detailOf(run), { ...closing, ...body });
    const end = { reconciliationId, from: "different", to: "closed", proof, endedAtMs: call.receivedAtMs } as const;
    if (!(await advanceReconciliation(context.sql, end))) throw new HttpProblem("reconciliation_state_conflict");
    return { status: 200, json: await show(context, reconciliationId, call.language) };
  });
}

function addReadingRoutes(app: App, context: IngestionContext): void {
  app.route(listReconciliationsRoute, async ({ query }, call) => {
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const position = query.cursor === undefined ? null : decodeCursor(query.cursor, listPosition);
    if (query.cursor !== undefined && position === null) throw cursorProblem(call.language);
    const rows = await readReconciliations(context.sql, {
      platform: query.platform ?? null,
      state: query.state ?? null,
      before: position === null ? null : { queuedAtMs: position.at, reconciliationId: position.id },
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor({ at: last.queuedAtMs, id: last.reconciliationId });
    const reconciliations = page.map((row) => presentSummary(row, call.language));
    return { status: 200, json: { reconciliations, nextCursor } };
  });
  app.route(getReconciliationRoute, async ({ params }, call) => ({
    status: 200,
    json: await show(context, params.reconciliationId, call.language),
  }));
  app.route(listDifferencesRoute, async ({ params, query }, call) => {
    const { comparison } = detailOf(await found(context, params.reconciliationId));
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const position = query.cursor === undefined ? { key: FIRST_KEY } : decodeCursor(query.cursor, differencePosition);
    if (position === null) throw cursorProblem(call.language);
    const kind = query.kind ?? null;
    const asked = { kind, afterKey: position.key, limit: limit + 1 };
    const rows =
      comparison === null
        ? []
        : await readDifferences(context.sql, { comparisonId: comparison.comparisonId, ...asked });
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor({ key: last.recordKey });
    return { status: 200, json: { differences: page.map((row) => presentDifference(row, call.language)), nextCursor } };
  });
}

async function found(context: IngestionContext, reconciliationId: string): Promise<ReconciliationRow> {
  const run = await readReconciliation(context.sql, reconciliationId);
  if (run === null) throw new HttpProblem("reconciliation_not_found");
  return run;
}

async function differing(context: IngestionContext, reconciliationId: string): Promise<ReconciliationRow> {
  const run = await found(context, reconciliationId);
  if (run.state !== "different") throw new HttpProblem("reconciliation_state_conflict");
  return run;
}

async function show(
  context: IngestionContext,
  reconciliationId: string,
  language: Language,
): Promise<ReconciliationResponse> {
  return presentReconciliation(await found(context, reconciliationId), language);
}

/** Queues what was asked for, or throws the problem that is in its way; returns its id. */
async function start(
  context: IngestionContext,
  body: ReconciliationRequest,
  queuedAtMs: number,
  requestedBy: string,
): Promise<string> {
  const platform = context.sources.platformNamed(body.platform);
  if (platform === null) throw new HttpProblem("platform_not_found");
  const stated = body.totals?.map(({ from, until, records, hours }) => {
    return { fromDay: from, untilDay: until, records, hoursHundredths: Math.round(hours * 100) };
  });
  const { connection } = platform;
  const isServed = connection.transport === "http-json" && connection.reconciliation !== null;
  if (stated === undefined && !isServed) throw new HttpProblem("reconciliation_not_supported");
  const reconciliationId = context.newId();
  const totals = stated === undefined ? {} : { totals: { by: body.by ?? "update_time", stated, reported: [] } };
  const span =
    stated === undefined && body.from !== undefined && body.until !== undefined
      ? { fromDay: body.from, untilDay: body.until }
      : spanOf(stated ?? []);
  const run = { reconciliationId, platform: platform.name, ...span, requestedBy, queuedAtMs };
  await queueReconciliation(context.sql, { ...run, detail: { ...NEW_DETAIL, ...totals } });
  return reconciliationId;
}

/** Queues back-fills of the days that reading again may mend; what was queued before a problem does no harm. */
async function repair(
  context: IngestionContext,
  run: ReconciliationRow,
  queuedAtMs: number,
  requestedBy: string,
): Promise<void> {
  const { reconciliationId } = run;
  const detail = detailOf(run);
  const platform = context.sources.platformNamed(run.platform);
  const days = detail.comparison?.repairDays ?? [];
  if (days.length === 0) throw new HttpProblem("nothing_to_repair");
  if (platform === null || !canReadRange(platform)) throw new HttpProblem("backfill_not_supported");
  const repairs: Repair[] = [];
  for (const range of repairRanges(days, REPAIRS_MAX)) {
    const pull = { pullId: context.newId(), platform: platform.name, queuedAtMs, requestedBy, ...range };
    const isQueued = await queueBackfill(context.sql, pull, LIMITS.backfillsWaitingMax);
    if (!isQueued) throw new HttpProblem("backfills_too_many");
    repairs.push({ pullId: pull.pullId, ...range });
  }
  const repairPullId = repairs.at(-1)?.pullId ?? reconciliationId;
  const kept = { ...detail, repairs: [...detail.repairs, ...repairs] };
  const step = { reconciliationId, from: "different", to: "repairing", detail: kept, repairPullId } as const;
  if (!(await advanceReconciliation(context.sql, step))) throw new HttpProblem("reconciliation_state_conflict");
  await hintPull(context, platform.name);
}
