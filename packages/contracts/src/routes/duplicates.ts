import { LIMITS } from "../limits.ts";
import { correctionRecordsResponseSchema } from "../schemas/correction.ts";
import {
  duplicateCandidatesQuery,
  duplicateCandidatesResponseSchema,
  duplicateDecisionParams,
  duplicateDecisionRequestSchema,
  duplicateDecisionSchema,
  duplicateDecisionsResponseSchema,
} from "../schemas/duplicate.ts";
import { pageQuery } from "../schemas/paging.ts";
import { CORRECTION_STEP_BODY } from "./corrections.ts";
import { DUPLICATE_DECISION_EXAMPLE } from "./examples.ts";
import { defineRoute } from "./route.ts";

const decision = { name: "DuplicateDecision", schema: duplicateDecisionSchema } as const;
/** What it can be refused for as it is proposed or applied. */
const REFUSED = [
  "duplicates_not_standing",
  "duplicates_across_people",
  "duplicates_across_authorities",
  "duplicates_contradict",
] as const;

export const proposeDuplicateDecisionRoute = defineRoute({
  method: "post",
  path: "/v1/duplicates/decisions",
  operationId: "proposeDuplicateDecision",
  tag: "duplicates",
  summary: {
    "zh-CN": "认定几条记录为同一成果，或各为不同成果，并预览；可含多组，全部执行或全不执行。",
    en: "Say that records are one achievement, or different ones, and preview it; many sets at once, all or none.",
  },
  scope: "corrections:write",
  body: {
    name: "DuplicateDecisionRequest",
    schema: duplicateDecisionRequestSchema,
    example: DUPLICATE_DECISION_EXAMPLE,
    bytesMax: LIMITS.correctionBodyBytesMax,
  },
  idempotent: true,
  responses: {
    200: { description: { "zh-CN": "已提出并执行。", en: "It is proposed and applied." }, ...decision },
    201: { description: { "zh-CN": "已提出，待执行。", en: "It is proposed and waits to be applied." }, ...decision },
  },
  problems: [
    "correction_records_unknown",
    ...REFUSED,
    "second_holder_required",
    "erased",
    "correction_outdated",
    "correction_state_conflict",
    "idempotency_key_reused",
  ],
});

export const listDuplicateDecisionsRoute = defineRoute({
  method: "get",
  path: "/v1/duplicates/decisions",
  operationId: "listDuplicateDecisions",
  tag: "duplicates",
  summary: {
    "zh-CN": "历次重复认定，新的在前。",
    en: "Decisions about duplicates, newest first.",
  },
  scope: "corrections:read",
  query: pageQuery,
  responses: {
    200: {
      description: { "zh-CN": "历次认定。", en: "The decisions." },
      name: "DuplicateDecisionsResponse",
      schema: duplicateDecisionsResponseSchema,
    },
  },
  problems: [],
});

export const getDuplicateDecisionRoute = defineRoute({
  method: "get",
  path: "/v1/duplicates/decisions/{decisionId}",
  operationId: "getDuplicateDecision",
  tag: "duplicates",
  summary: {
    "zh-CN": "一项重复认定的状态、预览与经过。",
    en: "How a decision about duplicates is, its preview and who did what.",
  },
  scope: "corrections:read",
  params: duplicateDecisionParams,
  responses: { 200: { description: { "zh-CN": "该项认定。", en: "The decision." }, ...decision } },
  problems: ["duplicate_decision_not_found"],
});

export const listDuplicateRecordsRoute = defineRoute({
  method: "get",
  path: "/v1/duplicates/decisions/{decisionId}/records",
  operationId: "listDuplicateRecords",
  tag: "duplicates",
  summary: {
    "zh-CN": "一项重复认定最近一次预览所见的记录，逐条列出前后；不含个人信息。",
    en: "The records of a decision's newest preview, each before and after; no personal data.",
  },
  scope: "corrections:read",
  params: duplicateDecisionParams,
  query: pageQuery,
  responses: {
    200: {
      description: { "zh-CN": "记录。", en: "The records." },
      name: "CorrectionRecordsResponse",
      schema: correctionRecordsResponseSchema,
    },
  },
  problems: ["duplicate_decision_not_found"],
});

export const approveDuplicateDecisionRoute = defineRoute({
  method: "post",
  path: "/v1/duplicates/decisions/{decisionId}/approve",
  operationId: "approveDuplicateDecision",
  tag: "duplicates",
  summary: {
    "zh-CN": "执行一项重复认定：仅当预览所见仍然如此，在一个事务中全部入账。",
    en: "Apply a decision about duplicates: only if all that its preview saw is still so, in one transaction.",
  },
  scope: "corrections:write",
  params: duplicateDecisionParams,
  responses: { 200: { description: { "zh-CN": "已执行。", en: "It is applied." }, ...decision } },
  problems: [
    "duplicate_decision_not_found",
    "second_holder_required",
    "erased",
    ...REFUSED,
    "correction_state_conflict",
    "correction_outdated",
  ],
});

export const cancelDuplicateDecisionRoute = defineRoute({
  method: "post",
  path: "/v1/duplicates/decisions/{decisionId}/cancel",
  operationId: "cancelDuplicateDecision",
  tag: "duplicates",
  summary: {
    "zh-CN": "取消一项待执行的重复认定，或一次待确认的撤销。",
    en: "Cancel a decision that waits to be applied, or an undo that waits for its second holder.",
  },
  scope: "corrections:write",
  params: duplicateDecisionParams,
  body: CORRECTION_STEP_BODY,
  responses: { 200: { description: { "zh-CN": "已取消。", en: "It is cancelled." }, ...decision } },
  problems: ["duplicate_decision_not_found", "correction_state_conflict"],
});

export const undoDuplicateDecisionRoute = defineRoute({
  method: "post",
  path: "/v1/duplicates/decisions/{decisionId}/undo",
  operationId: "undoDuplicateDecision",
  tag: "duplicates",
  summary: {
    "zh-CN": "撤销一项重复认定，恢复为按规则应有的状态；须两人的，由另一位经办人再次提交后生效。",
    en: "Take a decision about duplicates back: records stand as by the rule again; where two holders are needed, the second one's request does it.",
  },
  scope: "corrections:write",
  params: duplicateDecisionParams,
  body: CORRECTION_STEP_BODY,
  responses: {
    200: { description: { "zh-CN": "已撤销，或已提出撤销。", en: "It is undone, or the undo proposed." }, ...decision },
  },
  problems: ["duplicate_decision_not_found", "correction_state_conflict", "second_holder_required", "erased"],
});

export const listDuplicateCandidatesRoute = defineRoute({
  method: "get",
  path: "/v1/duplicates/candidates",
  operationId: "listDuplicateCandidates",
  tag: "duplicates",
  summary: {
    "zh-CN": "疑似重复而规则未认定的记录：同一人、同一登记平台、不同来源、学时相同、日期与标题相近；附得分与依据。",
    en: "Likely duplicates that no rule takes for one: same person and platform of record, two sources, equal hours, near dates and titles; with a score and why.",
  },
  scope: "corrections:read",
  query: duplicateCandidatesQuery,
  responses: {
    200: {
      description: { "zh-CN": "疑似重复。", en: "Likely duplicates." },
      name: "DuplicateCandidatesResponse",
      schema: duplicateCandidatesResponseSchema,
    },
  },
  problems: [],
});

export const DUPLICATE_ROUTES = [
  listDuplicateCandidatesRoute,
  proposeDuplicateDecisionRoute,
  listDuplicateDecisionsRoute,
  getDuplicateDecisionRoute,
  listDuplicateRecordsRoute,
  approveDuplicateDecisionRoute,
  cancelDuplicateDecisionRoute,
  undoDuplicateDecisionRoute,
] as const;
