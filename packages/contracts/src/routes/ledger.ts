import { LIMITS } from "../limits.ts";
import { ledgerSummarySchema } from "../schemas/operation.ts";
import {
  decisionRequestSchema,
  decisionResponseSchema,
  reviewDecisionsRequestSchema,
  reviewDecisionsResponseSchema,
  reviewParams,
  reviewsQuery,
  reviewsResponseSchema,
} from "../schemas/review.ts";
import { undoQuery } from "../schemas/undo.ts";
import { CORRECTION_ROUTES } from "./corrections.ts";
import { DUPLICATE_ROUTES } from "./duplicates.ts";
import { DECISION_EXAMPLE, REVIEW_DECISIONS_EXAMPLE } from "./examples.ts";
import { signCheckpointRoute } from "./proofs.ts";
import { defineRoute } from "./route.ts";
import { listRuleChangesRoute } from "./rule-changes.ts";
import { UNDO_BODY } from "./undo-body.ts";

export const listReviewsRoute = defineRoute({
  method: "get",
  path: "/internal/v1/reviews",
  operationId: "listReviews",
  tag: "reviews",
  summary: { "zh-CN": "等待处理的记录，久的在前。", en: "Records that wait for a decision, oldest first." },
  scope: "reviews:read",
  query: reviewsQuery,
  responses: {
    200: {
      description: { "zh-CN": "待办。", en: "What waits." },
      name: "ReviewsResponse",
      schema: reviewsResponseSchema,
    },
  },
  problems: [],
});

export const decideReviewRoute = defineRoute({
  method: "post",
  path: "/internal/v1/reviews/{recordKey}/decision",
  operationId: "decideReview",
  tag: "reviews",
  summary: {
    "zh-CN": "决定一条待办：认定科目，或撤销重复认定。",
    en: "Decide one: give it a subject, or undo a duplicate.",
  },
  scope: "reviews:write",
  params: reviewParams,
  body: {
    name: "DecisionRequest",
    schema: decisionRequestSchema,
    example: DECISION_EXAMPLE,
    bytesMax: LIMITS.decisionBodyBytesMax,
  },
  responses: {
    200: {
      description: { "zh-CN": "决定已入账。", en: "The decision is posted." },
      name: "DecisionResponse",
      schema: decisionResponseSchema,
    },
  },
  problems: ["review_not_found", "decision_conflict", "erased"],
});

export const decideReviewsRoute = defineRoute({
  method: "post",
  path: "/internal/v1/reviews/decisions",
  operationId: "decideReviews",
  tag: "reviews",
  summary: {
    "zh-CN": "一次决定多条待办：按记录，或按条件（如某来源的某个科目代码）。",
    en: "Decide of many at once: by their keys, or by a filter such as a source's subject code.",
  },
  scope: "reviews:write",
  body: {
    name: "ReviewDecisionsRequest",
    schema: reviewDecisionsRequestSchema,
    example: REVIEW_DECISIONS_EXAMPLE,
    bytesMax: LIMITS.decisionsBodyBytesMax,
  },
  responses: {
    200: {
      description: { "zh-CN": "每条一份回执，都已入账。", en: "One receipt each; all is posted." },
      name: "ReviewDecisionsResponse",
      schema: reviewDecisionsResponseSchema,
    },
  },
  problems: [],
});

export const undoReviewRoute = defineRoute({
  method: "delete",
  path: "/internal/v1/reviews/{recordKey}/decision",
  operationId: "undoReview",
  tag: "reviews",
  summary: {
    "zh-CN": "撤销对一条记录的决定，按来源所报重新认定；理由写在正文或 reason 参数中。",
    en: "Take back what was decided of a record; it stands as its source says again. The reason is in the body or the query.",
  },
  scope: "reviews:write",
  params: reviewParams,
  query: undoQuery,
  body: UNDO_BODY,
  responses: {
    200: {
      description: { "zh-CN": "已撤销并入账。", en: "It is taken back and posted." },
      name: "DecisionResponse",
      schema: decisionResponseSchema,
    },
  },
  problems: ["review_not_found", "decision_conflict", "erased"],
});

export const ledgerSummaryRoute = defineRoute({
  method: "get",
  path: "/internal/v1/summary",
  operationId: "getLedgerSummary",
  tag: "operation",
  summary: { "zh-CN": "各平台记录所处的状态。", en: "In which state the records of each platform are." },
  scope: "summaries:read",
  responses: {
    200: {
      description: { "zh-CN": "汇总。", en: "The summary." },
      name: "LedgerSummary",
      schema: ledgerSummarySchema,
    },
  },
  problems: [],
});

export const LEDGER_ROUTES = [
  listReviewsRoute,
  decideReviewRoute,
  decideReviewsRoute,
  undoReviewRoute,
  ledgerSummaryRoute,
  signCheckpointRoute,
  ...CORRECTION_ROUTES,
  ...DUPLICATE_ROUTES,
  listRuleChangesRoute,
] as const;
