import {
  decideRowRoute,
  decideRowsRoute,
  decodeCursor,
  encodeCursor,
  getQuarantineRowRoute,
  LIMITS,
  listQuarantineRoute,
  NOT_DECIDED_TEXTS,
  type NotDecidedCode,
  type ProblemCode,
  undoRowDecisionRoute,
} from "@xueshi/contracts";
import { readRowDecisions } from "@xueshi/database";
import { type App, HttpProblem } from "@xueshi/http";
import { z } from "zod";
import { cursorProblem } from "../../cursor-problem.ts";
import type { IngestionContext } from "../../ingestion-context.ts";
import { undoReason } from "../../undo-reason.ts";
import { decideRows, type RowOutcome } from "./decide-rows.ts";
import { listQuarantine, type QuarantinePosition } from "./list-quarantine.ts";
import { openRawRow } from "./open-raw-row.ts";
import { presentRow } from "./present-row.ts";
import { readQuarantined } from "./read-quarantined.ts";
import { parseRowId, type RowKey, rowIdOf } from "./row-id.ts";
import { undoDecision } from "./undo-decision.ts";

/** A record, and a row of it; without a row: from the beginning of the record. An unknown time is the epoch. */
const position = z.union([
  z.strictObject({ key: z.uuid(), at: z.int(), content: z.string().regex(/^[0-9a-f]{64}$/) }),
  z.strictObject({ key: z.uuid() }),
]);

const PROBLEM_OF: Readonly<Record<NotDecidedCode, ProblemCode>> = {
  row_not_found: "quarantine_row_not_found",
  decided_otherwise: "decision_conflict",
  cannot_accept_refused: "row_not_acceptable",
  erased: "erased",
};

/** Operations on rows that are refused, held, in conflict or flagged. */
export function addQuarantineRoutes(app: App, context: IngestionContext): void {
  app.route(listQuarantineRoute, async ({ query }, call) => {
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, position);
    if (query.cursor !== undefined && after === null) throw cursorProblem(call.language);
    const page = await listQuarantine(context, {
      kind: query.kind,
      source: query.platform ?? null,
      code: query.code ?? null,
      decided: query.decided ?? "no",
      settled: query.settled ?? "no",
      likelySameName: false,
      after: after === null ? null : positionOf(after),
      limit: query.limit ?? LIMITS.pageSizeDefault,
    });
    const decidedKeys = page.rows.filter((row) => row.decision !== null).map((row) => row.recordKey);
    const decided = decidedKeys.length === 0 ? [] : await readRowDecisions(context.sql, decidedKeys);
    const rows = page.rows.map((row) => presentRow(row, decided, call.language));
    return { status: 200, json: { rows, nextCursor: page.next === null ? null : cursorOf(page.next) } };
  });
  app.route(getQuarantineRowRoute, async ({ params }, call) => {
    const key = keyOf(params.rowId);
    const reader = { keyId: call.principal.keyId, requestId: call.requestId };
    const item = await readQuarantined(context, key, call.language, reader);
    if (item === null) throw new HttpProblem("quarantine_row_not_found");
    return { status: 200, json: item };
  });
  addDecisionRoutes(app, context);
}

function addDecisionRoutes(app: App, context: IngestionContext): void {
  app.route(decideRowRoute, async ({ params, body }, call) => {
    const key = keyOf(params.rowId);
    const { kind, reason, document = null, correction } = body;
    const made = correction === undefined ? null : { changes: correction, raw: await openRawRow(context, key) };
    const asked = { rows: [key], kind, reason, document, correction: made };
    const said = { ...asked, actor: call.principal.name, language: call.language };
    const { outcomes, batchId } = await decideRows(context, said);
    const [outcome] = outcomes;
    if (outcome === undefined) throw new HttpProblem("quarantine_row_not_found");
    if (outcome.outcome === "not_decided") throw new HttpProblem(PROBLEM_OF[outcome.code]);
    const { decisionId, isStanding } = outcome;
    return { status: 200, json: { rowId: params.rowId, decisionId, kind, batchId, standing: isStanding } };
  });
  app.route(decideRowsRoute, async ({ body }, call) => {
    const { kind, reason, document = null } = body;
    const chosen = await choose(context, body);
    const asked = { kind, reason, document, correction: null, actor: call.principal.name, language: call.language };
    const { outcomes, batchId } = await decideRows(context, { ...asked, rows: chosen.rows });
    const receipts = chosen.rows.map((row, index) => receiptOf(row, outcomes[index], call.language));
    return { status: 200, json: { batchId, receipts, more: chosen.more } };
  });
  app.route(undoRowDecisionRoute, async ({ params, query, body }, call) => {
    const reason = undoReason(body, query, call.language);
    const undone = await undoDecision(context, { ...params, reason, actor: call.principal.name });
    if (undone.kind === "not_found") throw new HttpProblem("decision_not_found");
    if (undone.kind === "conflict") throw new HttpProblem("decision_conflict");
    if (undone.kind === "erased") throw new HttpProblem("erased");
    const { decisionId, batchId } = undone;
    return { status: 200, json: { decisionId, undoes: params.decisionId, batchId } };
  });
}

function positionOf(cursor: z.output<typeof position>): QuarantinePosition {
  if (!("content" in cursor)) return { recordKey: cursor.key, row: null };
  const { key: recordKey, at, content: contentDigest } = cursor;
  return { recordKey, row: { recordKey, updateTimeMs: at === 0 ? null : at, contentDigest } };
}

function cursorOf({ recordKey, row }: QuarantinePosition): string {
  if (row === null) return encodeCursor({ key: recordKey });
  return encodeCursor({ key: recordKey, at: row.updateTimeMs ?? 0, content: row.contentDigest });
}

function keyOf(rowId: string): RowKey {
  const key = parseRowId(rowId);
  if (key === null) throw new HttpProblem("quarantine_row_not_found");
  return key;
}

type Chosen = { readonly rows: readonly RowKey[]; readonly more: boolean };
type BulkRequest = {
  readonly rowIds?: readonly string[] | undefined;
  readonly filter?:
    | { readonly code: string; readonly platform?: string | undefined; readonly likelySameName?: true | undefined }
    | undefined;
};

/** The rows that a bulk decision is about; those that compete with another content are left to a look of their own. */
async function choose(context: IngestionContext, { rowIds, filter }: BulkRequest): Promise<Chosen> {
  if (rowIds !== undefined) return { rows: [...new Set(rowIds)].map(keyOf), more: false };
  const listing = {
    ...({ kind: "held", decided: "no", settled: "any", after: null, limit: LIMITS.decisionsPerRequestMax } as const),
    ...{ source: filter?.platform ?? null, code: filter?.code ?? null },
    likelySameName: filter?.likelySameName === true,
  };
  const page = await listQuarantine(context, listing);
  return { rows: page.rows.filter((row) => !row.competes), more: page.next !== null };
}

function receiptOf(row: RowKey, outcome: RowOutcome | undefined, language: "zh-CN" | "en") {
  const rowId = rowIdOf(row);
  if (outcome === undefined || outcome.outcome === "not_decided") {
    const code = outcome?.code ?? "row_not_found";
    return {
      rowId,
      outcome: "not_decided",
      decisionId: null,
      code,
      message: NOT_DECIDED_TEXTS[code].message[language],
    };
  }
  return { rowId, outcome: outcome.outcome, decisionId: outcome.decisionId, code: null, message: null };
}
