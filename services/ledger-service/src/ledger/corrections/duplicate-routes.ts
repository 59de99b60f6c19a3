import {
  approveDuplicateDecisionRoute,
  cancelDuplicateDecisionRoute,
  getDuplicateDecisionRoute,
  listDuplicateCandidatesRoute,
  listDuplicateDecisionsRoute,
  listDuplicateRecordsRoute,
  proposeDuplicateDecisionRoute,
  undoDuplicateDecisionRoute,
} from "@xueshi/contracts";
import type { App } from "@xueshi/http";
import { answerSteps } from "./answer-steps.ts";
import type { CorrectionContext } from "./correction-context.ts";
import { findDuplicates } from "./find-duplicates.ts";
import { presentDuplicateDecision } from "./present-correction.ts";
import { proposeDuplicates } from "./propose-correction.ts";

/** Operations by which operators say which records are one achievement and which are not; corrections of a sort. */
export function addDuplicateRoutes(app: App, context: CorrectionContext): void {
  const steps = answerSteps(context, {
    of: "record_sets",
    propose: proposeDuplicates,
    present: presentDuplicateDecision,
  });
  app.route(proposeDuplicateDecisionRoute, ({ body }, call) => steps.propose(body, call));
  app.route(approveDuplicateDecisionRoute, ({ params }, call) => steps.apply(params.decisionId, call));
  app.route(cancelDuplicateDecisionRoute, ({ params, body }, call) => steps.cancel(params.decisionId, body, call));
  app.route(undoDuplicateDecisionRoute, ({ params, body }, call) => steps.undo(params.decisionId, body, call));
  app.route(getDuplicateDecisionRoute, ({ params }, call) => steps.get(params.decisionId, call));
  app.route(listDuplicateCandidatesRoute, async ({ query }, call) => {
    return { status: 200, json: await findDuplicates(context.sql, query, call.language) };
  });
  app.route(listDuplicateDecisionsRoute, async ({ query }, call) => {
    const { shown, nextCursor } = await steps.list(query, call);
    return { status: 200, json: { decisions: shown, nextCursor } };
  });
  app.route(listDuplicateRecordsRoute, ({ params, query }, call) => steps.records(params.decisionId, query, call));
}
