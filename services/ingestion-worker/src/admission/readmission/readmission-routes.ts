import {
  cancelReadmissionRoute,
  decodeCursor,
  encodeCursor,
  formatInstant,
  getReadmissionRoute,
  type Language,
  LIMITS,
  listReadmissionChangesRoute,
  listReadmissionsRoute,
  READMISSION_FAILURE_TEXTS,
  READMISSION_STATE_TEXTS,
  type ReadmissionFailureCode,
  type ReadmissionResponse,
  startReadmissionRoute,
} from "@xueshi/contracts";
import {
  failReadmission,
  type ReadmissionRow,
  readReadmission,
  readReadmissionChanges,
  readReadmissions,
} from "@xueshi/database";
import { type App, HttpProblem } from "@xueshi/http";
import { z } from "zod";
import { cursorProblem } from "../../cursor-problem.ts";
import type { IngestionContext } from "../../ingestion-context.ts";
import { requestReadmission } from "./request-readmission.ts";

const listPosition = z.strictObject({ at: z.int(), id: z.uuid() });
const changePosition = z.strictObject({
  key: z.uuid(),
  at: z.int(),
  content: z.string().regex(/^[0-9a-f]{64}$/),
});
/** Says that an answer is that of an earlier request with the same Idempotency-Key. */
const REPLAYED = { "Idempotency-Replayed": "true" } as const;

/** Operations that read rows anew after a mapping was mended. */
export function addReadmissionRoutes(app: App, context: IngestionContext): void {
  app.route(startReadmissionRoute, async ({ body }, call) => {
    const { receivedAtMs, idempotencyKey } = call;
    const asked = { ...body, actor: call.principal.name, receivedAtMs, idempotencyKey };
    const { row, isReplayed } = await requestReadmission(context, asked);
    const headers = isReplayed ? { headers: REPLAYED } : {};
    return { status: 202, json: presentReadmission(row, call.language), ...headers };
  });
  app.route(listReadmissionsRoute, async ({ query }, call) => {
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const position = query.cursor === undefined ? null : decodeCursor(query.cursor, listPosition);
    if (query.cursor !== undefined && position === null) throw cursorProblem(call.language);
    const before = position === null ? null : { startedAtMs: position.at, readmissionId: position.id };
    const found = await readReadmissions(context.sql, before, limit + 1);
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor({ at: last.startedAtMs, id: last.readmissionId });
    return {
      status: 200,
      json: { readmissions: page.map((row) => presentReadmission(row, call.language)), nextCursor },
    };
  });
  app.route(getReadmissionRoute, async ({ params }, call) => {
    const row = await readmissionOf(context, params.readmissionId);
    return { status: 200, json: presentReadmission(row, call.language) };
  });
  app.route(listReadmissionChangesRoute, async ({ params, query }, call) => {
    const { readmissionId } = await readmissionOf(context, params.readmissionId);
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const position = query.cursor === undefined ? null : decodeCursor(query.cursor, changePosition);
    if (query.cursor !== undefined && position === null) throw cursorProblem(call.language);
    const { key: recordKey = "", at: updateTimeMs = 0, content: contentDigest = "" } = position ?? {};
    const after = position === null ? null : { recordKey, updateTimeMs, contentDigest };
    const found = await readReadmissionChanges(context.sql, { readmissionId, after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const nextCursor =
      last === undefined
        ? null
        : encodeCursor({ key: last.recordKey, at: last.updateTimeMs, content: last.contentDigest });
    const changes = page.map(({ source, recordId, before, after: now }) => ({ source, recordId, before, after: now }));
    return { status: 200, json: { changes, nextCursor } };
  });
  app.route(cancelReadmissionRoute, async ({ params }, call) => {
    const { readmissionId } = await readmissionOf(context, params.readmissionId);
    const end = { readmissionId, failure: "cancelled", endedAtMs: call.receivedAtMs };
    if (!(await failReadmission(context.sql, end))) throw new HttpProblem("readmission_ended");
    const row = await readmissionOf(context, readmissionId);
    return { status: 200, json: presentReadmission(row, call.language) };
  });
}

async function readmissionOf(context: IngestionContext, readmissionId: string): Promise<ReadmissionRow> {
  const row = await readReadmission(context.sql, readmissionId);
  if (row === null) throw new HttpProblem("readmission_not_found");
  return row;
}

function presentReadmission(row: ReadmissionRow, language: Language): ReadmissionResponse {
  const { readmissionId, source, state, progress, reason, actor, startedAtMs, endedAtMs } = row;
  const { mode, fromDay, untilDay, repost, sums, failure } = progress;
  const isOver = state === "compared" || state === "done";
  const code = failure as ReadmissionFailureCode | null;
  return {
    ...{ readmissionId, source, mode, from: fromDay, until: untilDay, repost, state },
    message: READMISSION_STATE_TEXTS[state].message[language],
    percent: isOver ? 100 : Math.min(progress.percent, 99),
    sums,
    changesKept: progress.changesGone !== true,
    failure: code === null ? null : { code, message: READMISSION_FAILURE_TEXTS[code].message[language] },
    ...{ reason, actor, startedAt: formatInstant(startedAtMs) },
    endedAt: endedAtMs === null ? null : formatInstant(endedAtMs),
  };
}
