import {
  decideReviewRoute,
  decideReviewsRoute,
  decodeCursor,
  encodeCursor,
  fieldError,
  formatInstant,
  type Language,
  LIMITS,
  listReviewsRoute,
  parseUndo,
  type ReviewDecisionsResponse,
  undoReviewRoute,
} from "@xueshi/contracts";
import { type ReviewRow, readReviews } from "@xueshi/database";
import { hoursToNumber } from "@xueshi/domain";
import { type App, HttpProblem } from "@xueshi/http";
import { z } from "zod";
import { suggestSubject } from "../classification/suggest-subject.ts";
import { chooseReviews } from "./choose-reviews.ts";
import { type DecideOutcome, decideRecord } from "./decide-record.ts";
import type { PostingContext } from "./posting-context.ts";

const position = z.strictObject({ at: z.int(), key: z.uuid() });

/** Operations on records that wait for an operator: those without a subject, and duplicates. */
export function addReviewRoutes(app: App, context: PostingContext): void {
  app.route(listReviewsRoute, async ({ query }, call) => {
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, position);
    if (query.cursor !== undefined && after === null) throw cursorProblem(call.language);
    const rows = await readReviews(context.sql, {
      state: query.reason ?? null,
      platform: query.platform ?? null,
      after: after === null ? null : { sinceMs: after.at, recordKey: after.key },
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : encodeCursor({ at: last.sinceMs, key: last.recordKey });
    return { status: 200, json: { reviews: page.map(presentReview), nextCursor } };
  });
  app.route(decideReviewRoute, async ({ params, body }, call) => {
    const outcome = await decideRecord(context, {
      recordKey: params.recordKey,
      subject: body.subject ?? null,
      counts: body.counts === true,
      reason: body.reason,
      document: body.document ?? null,
      actor: call.principal.name,
    });
    return { status: 200, json: decided(params.recordKey, outcome) };
  });
  app.route(undoReviewRoute, async ({ params, query, body }, call) => {
    const parsed = parseUndo(body, query, call.language);
    if (!parsed.ok) throw new HttpProblem("validation_failed", { errors: parsed.errors });
    const { recordKey } = params;
    const nothing = { subject: null, counts: false, takesBack: true, document: null };
    const said = { recordKey, ...nothing, reason: parsed.value.reason, actor: call.principal.name };
    return { status: 200, json: decided(recordKey, await decideRecord(context, said)) };
  });
  app.route(decideReviewsRoute, async ({ body }, call) => {
    const { recordKeys, more } = await chooseReviews(context.sql, body);
    const { subject = null, counts = false, reason, document = null } = body;
    const receipts: ReviewDecisionsResponse["receipts"] = [];
    for (const recordKey of recordKeys) {
      const said = { recordKey, subject, counts, reason, document, actor: call.principal.name };
      receipts.push(receiptOf(recordKey, await decideRecord(context, said)));
    }
    return { status: 200, json: { receipts, more } };
  });
}

function decided(recordKey: string, outcome: DecideOutcome) {
  if (outcome.kind === "not_found") throw new HttpProblem("review_not_found");
  if (outcome.kind === "erased") throw new HttpProblem("erased");
  if (outcome.kind === "conflict") throw new HttpProblem("decision_conflict");
  const { state, subject, postingId } = outcome;
  return { recordKey, state, subject, postingId };
}

function receiptOf(recordKey: string, outcome: DecideOutcome): ReviewDecisionsResponse["receipts"][number] {
  if (outcome.kind === "not_found" || outcome.kind === "erased")
    return { recordKey, outcome: "not_decided", state: null };
  if (outcome.kind === "conflict") return { recordKey, outcome: "not_decided", state: outcome.state };
  return { recordKey, outcome: outcome.postingId === null ? "unchanged" : "decided", state: outcome.state };
}

function cursorProblem(language: Language): HttpProblem {
  return new HttpProblem("validation_failed", { errors: [fieldError("cursor", "cursor_invalid", language)] });
}

function presentReview(row: ReviewRow) {
  return {
    recordKey: row.recordKey,
    reason: row.state,
    source: row.source,
    platform: row.platform,
    recordId: row.recordId,
    title: row.title,
    hours: row.hoursHundredths === null ? null : hoursToNumber(row.hoursHundredths),
    subjectCode: row.subjectCode,
    suggestedSubject: row.state === "unclassified" ? suggestSubject(row.title) : null,
    obtainedOn: row.obtainedOn,
    year: row.attributedYear,
    since: formatInstant(row.sinceMs),
  };
}
