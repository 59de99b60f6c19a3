import {
  applyCorrectionRoute,
  cancelCorrectionRoute,
  getCorrectionRoute,
  listCorrectionRecordsRoute,
  listCorrectionsRoute,
  proposeCorrectionRoute,
  undoCorrectionRoute,
} from "@xueshi/contracts";
import type { App } from "@xueshi/http";
import { answerSteps } from "./answer-steps.ts";
import type { CorrectionContext } from "./correction-context.ts";
import { presentCorrection } from "./present-correction.ts";
import { proposeCorrection } from "./propose-correction.ts";

/** Operations that correct records: proposed, looked at, applied as one, and taken back. */
export function addCorrectionRoutes(app: App, context: CorrectionContext): void {
  const steps = answerSteps(context, { of: "records", propose: proposeCorrection, present: presentCorrection });
  app.route(proposeCorrectionRoute, ({ body }, call) => steps.propose(body, call));
  app.route(applyCorrectionRoute, ({ params }, call) => steps.apply(params.correctionId, call));
  app.route(cancelCorrectionRoute, ({ params, body }, call) => steps.cancel(params.correctionId, body, call));
  app.route(undoCorrectionRoute, ({ params, body }, call) => steps.undo(params.correctionId, body, call));
  app.route(getCorrectionRoute, ({ params }, call) => steps.get(params.correctionId, call));
  app.route(listCorrectionsRoute, async ({ query }, call) => {
    const { shown, nextCursor } = await steps.list(query, call);
    return { status: 200, json: { corrections: shown, nextCursor } };
  });
  app.route(listCorrectionRecordsRoute, ({ params, query }, call) => steps.records(params.correctionId, query, call));
}
