import {
  approveDuplicateDecisionRoute,
  cancelDuplicateDecisionRoute,
  getDuplicateDecisionRoute,
  type Language,
  listDuplicateCandidatesRoute,
  listDuplicateDecisionsRoute,
  listDuplicateRecordsRoute,
  proposeDuplicateDecisionRoute,
  undoDuplicateDecisionRoute,
} from "@xueshi/contracts";
import { type App, HttpProblem } from "@xueshi/http";
import { applyCorrection } from "./apply-correction.ts";
import type { CorrectionContext } from "./correction-context.ts";
import { REPLAYED } from "./correction-routes.ts";
import { findDuplicates } from "./find-duplicates.ts";
import { listCorrections, listRecords } from "./list-corrections.ts";
import { presentDuplicateDecision } from "./present-correction.ts";
import { proposeDuplicates } from "./propose-correction.ts";
import { readCorrectionFile } from "./read-file.ts";
import { cancelCorrection, undoCorrection } from "./undo-correction.ts";

/** Operations by which operators say which records are one achievement and which are not; corrections of a sort. */
export function addDuplicateRoutes(app: App, context: CorrectionContext): void {
  const of = "record_sets" as const;
  const present = async (correctionId: string, language: Language) =>
    presentDuplicateDecision(await readCorrectionFile(context.sql, { correctionId, of }), context, language);

  app.route(proposeDuplicateDecisionRoute, async ({ body }, call) => {
    const { receivedAtMs, idempotencyKey, language } = call;
    const holder = call.principal.name;
    const appliesAtOnce = body.apply === true;
    if (appliesAtOnce && context.fourEyes.has(body.kind)) throw new HttpProblem("second_holder_required");
    const asked = { request: body, holder, receivedAtMs, idempotencyKey, language };
    const { correctionId, isReplayed } = await proposeDuplicates(context, asked);
    if (appliesAtOnce) await applyCorrection(context, { correctionId, of, holder });
    const json = await present(correctionId, language);
    return { status: appliesAtOnce ? 200 : 201, json, ...(isReplayed ? { headers: REPLAYED } : {}) };
  });
  app.route(approveDuplicateDecisionRoute, async ({ params: { decisionId } }, call) => {
    await applyCorrection(context, { correctionId: decisionId, of, holder: call.principal.name });
    return { status: 200, json: await present(decisionId, call.language) };
  });
  app.route(cancelDuplicateDecisionRoute, async ({ params: { decisionId }, body: { reason } }, call) => {
    await cancelCorrection(context, { correctionId: decisionId, of, reason, holder: call.principal.name });
    return { status: 200, json: await present(decisionId, call.language) };
  });
  app.route(undoDuplicateDecisionRoute, async ({ params: { decisionId }, body: { reason } }, call) => {
    await undoCorrection(context, { correctionId: decisionId, of, reason, holder: call.principal.name });
    return { status: 200, json: await present(decisionId, call.language) };
  });
  app.route(getDuplicateDecisionRoute, async ({ params: { decisionId } }, call) => {
    return { status: 200, json: await present(decisionId, call.language) };
  });
  app.route(listDuplicateCandidatesRoute, async ({ query }, call) => {
    return { status: 200, json: await findDuplicates(context.sql, query, call.language) };
  });
  app.route(listDuplicateDecisionsRoute, async ({ query }, call) => {
    const { files, nextCursor } = await listCorrections(context.sql, of, query, call.language);
    const decisions = files.map((file) => presentDuplicateDecision(file, context, call.language));
    return { status: 200, json: { decisions, nextCursor } };
  });
  app.route(listDuplicateRecordsRoute, async ({ params: { decisionId }, query }, call) => {
    const asked = { correctionId: decisionId, of };
    return { status: 200, json: await listRecords(context.sql, asked, query, call.language) };
  });
}
