import { LIMITS } from "../limits.ts";
import {
  correctionParams,
  correctionRecordsResponseSchema,
  correctionRequestSchema,
  correctionSchema,
  correctionStepRequestSchema,
  correctionsResponseSchema,
} from "../schemas/correction.ts";
import { pageQuery } from "../schemas/paging.ts";
import { CORRECTION_EXAMPLE } from "./examples.ts";
import { defineRoute } from "./route.ts";

const correction = { name: "Correction", schema: correctionSchema } as const;
/** Why a step is taken. */
export const CORRECTION_STEP_BODY = {
  name: "CorrectionStepRequest",
  schema: correctionStepRequestSchema,
  example: { reason: "材料核对有误" },
  bytesMax: LIMITS.decisionBodyBytesMax,
} as const;

export const proposeCorrectionRoute = defineRoute({
  method: "post",
  path: "/v1/corrections",
  operationId: "proposeCorrection",
  tag: "corrections",
  summary: {
    "zh-CN": "提出一项更正并预览：撤回、撤销、更正或改认科目，按记录或按条件，全部执行或全不执行。",
    en: "Propose a correction and preview it: withdraw, revoke, put right or reclassify records, named or found, all or none.",
  },
  scope: "corrections:write",
  body: {
    name: "CorrectionRequest",
    schema: correctionRequestSchema,
    example: CORRECTION_EXAMPLE,
    bytesMax: LIMITS.correctionBodyBytesMax,
  },
  idempotent: true,
  responses: {
    200: { description: { "zh-CN": "已提出并执行。", en: "It is proposed and applied." }, ...correction },
    201: { description: { "zh-CN": "已提出，待执行。", en: "It is proposed and waits to be applied." }, ...correction },
  },
  problems: [
    "correction_records_unknown",
    "correction_too_large",
    "second_holder_required",
    "erased",
    "correction_outdated",
    "correction_state_conflict",
    "idempotency_key_reused",
  ],
});

export const listCorrectionsRoute = defineRoute({
  method: "get",
  path: "/v1/corrections",
  operationId: "listCorrections",
  tag: "corrections",
  summary: { "zh-CN": "历次更正，新的在前。", en: "Corrections, newest first." },
  scope: "corrections:read",
  query: pageQuery,
  responses: {
    200: {
      description: { "zh-CN": "历次更正。", en: "The corrections." },
      name: "CorrectionsResponse",
      schema: correctionsResponseSchema,
    },
  },
  problems: [],
});

export const getCorrectionRoute = defineRoute({
  method: "get",
  path: "/v1/corrections/{correctionId}",
  operationId: "getCorrection",
  tag: "corrections",
  summary: { "zh-CN": "一项更正的状态、预览与经过。", en: "How a correction is, its preview and who did what." },
  scope: "corrections:read",
  params: correctionParams,
  responses: { 200: { description: { "zh-CN": "该项更正。", en: "The correction." }, ...correction } },
  problems: ["correction_not_found"],
});

export const listCorrectionRecordsRoute = defineRoute({
  method: "get",
  path: "/v1/corrections/{correctionId}/records",
  operationId: "listCorrectionRecords",
  tag: "corrections",
  summary: {
    "zh-CN": "一项更正最近一次预览所见的记录，逐条列出前后；不含个人信息。",
    en: "The records of a correction's newest preview, each before and after; no personal data.",
  },
  scope: "corrections:read",
  params: correctionParams,
  query: pageQuery,
  responses: {
    200: {
      description: { "zh-CN": "记录。", en: "The records." },
      name: "CorrectionRecordsResponse",
      schema: correctionRecordsResponseSchema,
    },
  },
  problems: ["correction_not_found"],
});

export const applyCorrectionRoute = defineRoute({
  method: "post",
  path: "/v1/corrections/{correctionId}/apply",
  operationId: "applyCorrection",
  tag: "corrections",
  summary: {
    "zh-CN": "执行一项更正：仅当预览所见仍然如此，在一个事务中全部入账。",
    en: "Apply a correction: only if all that its preview saw is still so, in one transaction.",
  },
  scope: "corrections:write",
  params: correctionParams,
  responses: { 200: { description: { "zh-CN": "已执行。", en: "It is applied." }, ...correction } },
  problems: [
    "correction_not_found",
    "second_holder_required",
    "erased",
    "correction_state_conflict",
    "correction_outdated",
    "correction_too_large",
  ],
});

export const cancelCorrectionRoute = defineRoute({
  method: "post",
  path: "/v1/corrections/{correctionId}/cancel",
  operationId: "cancelCorrection",
  tag: "corrections",
  summary: {
    "zh-CN": "取消一项待执行的更正，或一次待确认的撤销。",
    en: "Cancel a correction that waits to be applied, or an undo that waits for its second holder.",
  },
  scope: "corrections:write",
  params: correctionParams,
  body: CORRECTION_STEP_BODY,
  responses: { 200: { description: { "zh-CN": "已取消。", en: "It is cancelled." }, ...correction } },
  problems: ["correction_not_found", "correction_state_conflict"],
});

export const undoCorrectionRoute = defineRoute({
  method: "post",
  path: "/v1/corrections/{correctionId}/undo",
  operationId: "undoCorrection",
  tag: "corrections",
  summary: {
    "zh-CN": "撤销一项已执行的更正，全部恢复；须两人的，由另一位经办人再次提交后生效。",
    en: "Take back a correction, all of it; where two holders are needed, the second one's request does it.",
  },
  scope: "corrections:write",
  params: correctionParams,
  body: CORRECTION_STEP_BODY,
  responses: {
    200: {
      description: { "zh-CN": "已撤销，或已提出撤销。", en: "It is undone, or the undo proposed." },
      ...correction,
    },
  },
  problems: ["correction_not_found", "correction_state_conflict", "second_holder_required", "erased"],
});

export const CORRECTION_ROUTES = [
  proposeCorrectionRoute,
  listCorrectionsRoute,
  getCorrectionRoute,
  listCorrectionRecordsRoute,
  applyCorrectionRoute,
  cancelCorrectionRoute,
  undoCorrectionRoute,
] as const;
