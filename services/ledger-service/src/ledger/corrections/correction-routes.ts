import {
  applyCorrectionRoute,
  cancelCorrectionRoute,
  getCorrectionRoute,
  type Language,
  listCorrectionRecordsRoute,
  listCorrectionsRoute,
  proposeCorrectionRoute,
  undoCorrectionRoute,
} from "@xueshi/contracts";
import { type App, HttpProblem } from "@xueshi/http";
import { applyCorrection } from "./apply-correction.ts";
import type { CorrectionContext } from "./correction-context.ts";
import { listCorrections, listRecords } from "./list-corrections.ts";
import { presentCorrection } from "./present-correction.ts";
import { proposeCorrection } from "./propose-correction.ts";
import { readCorrectionFile } from "./read-file.ts";
import { cancelCorrection, undoCorrection } from "./undo-correction.ts";

/** Says that an answer is that of an earlier request with the same Idempotency-Key. */
export const REPLAYED = { "Idempotency-Replayed": "true" } as const;

/** Operations that correct records: proposed, looked at, applied as one, and taken back. */
export function addCorrectionRoutes(app: App, context: CorrectionContext): void {
  const of = "records" as const;
  const present = async (correctionId: string, language: Language) =>
    presentCorrection(await readCorrectionFile(context.sql, { correctionId, of }), context, language);

  app.route(proposeCorrectionRoute, async ({ body }, call) => {
    const { receivedAtMs, idempotencyKey, language } = call;
    const holder = call.principal.name;
    const appliesAtOnce = body.apply === true;
    if (appliesAtOnce && context.fourEyes.has(body.kind)) throw new HttpProblem("second_holder_required");
    const asked = { request: body, holder, receivedAtMs, idempotencyKey, language };
    const { correctionId, isReplayed } = await proposeCorrection(context, asked);
    if (appliesAtOnce) await applyCorrection(context, { correctionId, of, holder });
    const json = await present(correctionId, language);
    return { status: appliesAtOnce ? 200 : 201, json, ...(isReplayed ? { headers: REPLAYED } : {}) };
  });
  app.route(applyCorrectionRoute, async ({ params: { correctionId } }, call) => {
    await applyCorrection(context, { correctionId, of, holder: call.principal.name });
    return { status: 200, json: await present(correctionId, call.language) };
  });
  app.route(cancelCorrectionRoute, async ({ params: { correctionId }, body: { reason } }, call) => {
    await cancelCorrection(context, { correctionId, of, reason, holder: call.principal.name });
    return { status: 200, json: await present(correctionId, call.language) };
  });
  app.route(undoCorrectionRoute, async ({ params: { correctionId }, body: { reason } }, call) => {
    await undoCorrection(context, { correctionId, of, reason, holder: call.principal.name });
    return { status: 200, json: await present(correctionId, call.language) };
  });
  app.route(getCorrectionRoute, async ({ params: { correctionId } }, call) => {
    return { status: 200, json: await present(correctionId, call.language) };
  });
  addListRoutes(app, context);
}

function addListRoutes(app: App, context: CorrectionContext): void {
  app.route(listCorrectionsRoute, async ({ query }, call) => {
    const { files, nextCursor } = await listCorrections(context.sql, "records", query, call.language);
    const corrections = files.map((file) => presentCorrection(file, context, call.language));
    return { status: 200, json: { corrections, nextCursor } };
  });
  app.route(listCorrectionRecordsRoute, async ({ params: { correctionId }, query }, call) => {
    const asked = { correctionId, of: "records" } as const;
    return { status: 200, json: await listRecords(context.sql, asked, query, call.language) };
  });
}
