import {
  applyCorrectionRoute,
  cancelCorrectionRoute,
  decodeCursor,
  encodeCursor,
  fieldError,
  getCorrectionRoute,
  type Language,
  LIMITS,
  listCorrectionRecordsRoute,
  listCorrectionsRoute,
  proposeCorrectionRoute,
  undoCorrectionRoute,
} from "@xueshi/contracts";
import { readCorrectionRecords, readCorrectionSteps, readCorrections } from "@xueshi/database";
import { type App, HttpProblem } from "@xueshi/http";
import { z } from "zod";
import { applyCorrection } from "./apply-correction.ts";
import type { CorrectionContext } from "./correction-context.ts";
import { presentCorrection, presentRecord } from "./present-correction.ts";
import { proposeCorrection } from "./propose-correction.ts";
import { fileOf, readCorrectionFile } from "./read-file.ts";
import { cancelCorrection, undoCorrection } from "./undo-correction.ts";

const listPosition = z.strictObject({ at: z.int(), id: z.uuid() });
const recordPosition = z.strictObject({ key: z.uuid() });
/** Says that an answer is that of an earlier request with the same Idempotency-Key. */
const REPLAYED = { "Idempotency-Replayed": "true" } as const;

/** Operations that correct records: proposed, looked at, applied as one, and taken back. */
export function addCorrectionRoutes(app: App, context: CorrectionContext): void {
  const present = async (correctionId: string, language: Language) =>
    presentCorrection(await readCorrectionFile(context.sql, correctionId), context, language);

  app.route(proposeCorrectionRoute, async ({ body }, call) => {
    const { receivedAtMs, idempotencyKey, language } = call;
    const holder = call.principal.name;
    const appliesAtOnce = body.apply === true;
    if (appliesAtOnce && context.fourEyes.has(body.kind)) throw new HttpProblem("second_holder_required");
    const asked = { request: body, holder, receivedAtMs, idempotencyKey, language };
    const { correctionId, isReplayed } = await proposeCorrection(context, asked);
    if (appliesAtOnce) await applyCorrection(context, { correctionId, holder });
    const json = await present(correctionId, language);
    return { status: appliesAtOnce ? 200 : 201, json, ...(isReplayed ? { headers: REPLAYED } : {}) };
  });
  app.route(applyCorrectionRoute, async ({ params: { correctionId } }, call) => {
    await applyCorrection(context, { correctionId, holder: call.principal.name });
    return { status: 200, json: await present(correctionId, call.language) };
  });
  app.route(cancelCorrectionRoute, async ({ params: { correctionId }, body: { reason } }, call) => {
    await cancelCorrection(context, { correctionId, reason, holder: call.principal.name });
    return { status: 200, json: await present(correctionId, call.language) };
  });
  app.route(undoCorrectionRoute, async ({ params: { correctionId }, body: { reason } }, call) => {
    await undoCorrection(context, { correctionId, reason, holder: call.principal.name });
    return { status: 200, json: await present(correctionId, call.language) };
  });
  app.route(getCorrectionRoute, async ({ params: { correctionId } }, call) => {
    return { status: 200, json: await present(correctionId, call.language) };
  });
  addListRoutes(app, context);
}

function addListRoutes(app: App, context: CorrectionContext): void {
  app.route(listCorrectionsRoute, async ({ query }, call) => {
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const position = query.cursor === undefined ? null : decodeCursor(query.cursor, listPosition);
    if (query.cursor !== undefined && position === null) throw cursorProblem(call.language);
    const before = position === null ? null : { proposedAtMs: position.at, correctionId: position.id };
    const found = await readCorrections(context.sql, before, limit + 1);
    const page = found.slice(0, limit);
    const ids = page.map(({ correctionId }) => correctionId);
    const steps = Map.groupBy(await readCorrectionSteps(context.sql, ids), ({ correctionId }) => correctionId);
    const files = page.map((row) => fileOf(row, steps.get(row.correctionId) ?? []));
    const last = found.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor({ at: last.proposedAtMs, id: last.correctionId });
    const corrections = files.map((file) => presentCorrection(file, context, call.language));
    return { status: 200, json: { corrections, nextCursor } };
  });
  app.route(listCorrectionRecordsRoute, async ({ params: { correctionId }, query }, call) => {
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const position = query.cursor === undefined ? null : decodeCursor(query.cursor, recordPosition);
    if (query.cursor !== undefined && position === null) throw cursorProblem(call.language);
    const { seen } = await readCorrectionFile(context.sql, correctionId);
    const asked = { correctionId, step: seen.step, afterKey: position?.key ?? null, limit: limit + 1 };
    const found = await readCorrectionRecords(context.sql, asked);
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor({ key: last.recordKey });
    return { status: 200, json: { records: page.map(presentRecord), nextCursor } };
  });
}

function cursorProblem(language: Language): HttpProblem {
  return new HttpProblem("validation_failed", { errors: [fieldError("cursor", "cursor_invalid", language)] });
}
