import { LIMITS } from "../limits.ts";
import {
  closureRequestSchema,
  differencesQuery,
  differencesResponseSchema,
  ownDaysQuery,
  ownDaysResponseSchema,
  ownRecordsQuery,
  ownRecordsResponseSchema,
  reconciliationParams,
  reconciliationRequestSchema,
  reconciliationSchema,
  reconciliationsQuery,
  reconciliationsResponseSchema,
} from "../schemas/reconciliation.ts";
import { defineRoute } from "./route.ts";

const reconciliation = { name: "Reconciliation", schema: reconciliationSchema } as const;

export const startReconciliationRoute = defineRoute({
  method: "post",
  path: "/v1/reconciliations",
  operationId: "startReconciliation",
  tag: "reconciliation",
  summary: {
    "zh-CN": "与一个平台逐日对账；带 totals 则按平台给出的总数核对。",
    en: "Compare a platform with what arrived, day by day, or with totals that the platform gave.",
  },
  scope: "pulls:write",
  body: {
    name: "ReconciliationRequest",
    schema: reconciliationRequestSchema,
    example: { platform: "quzhou-city", from: "2020-03-01", until: "2020-03-31" },
    bytesMax: LIMITS.reconciliationBodyBytesMax,
  },
  responses: { 202: { description: { "zh-CN": "已排队。", en: "Queued." }, ...reconciliation } },
  problems: ["platform_not_found", "reconciliation_not_supported"],
});

export const listReconciliationsRoute = defineRoute({
  method: "get",
  path: "/v1/reconciliations",
  operationId: "listReconciliations",
  tag: "reconciliation",
  summary: { "zh-CN": "对账记录，新的在前。", en: "Reconciliations, newest first." },
  scope: "pulls:read",
  query: reconciliationsQuery,
  responses: {
    200: {
      description: { "zh-CN": "对账记录。", en: "The reconciliations." },
      name: "ReconciliationsResponse",
      schema: reconciliationsResponseSchema,
    },
  },
  problems: [],
});

export const getReconciliationRoute = defineRoute({
  method: "get",
  path: "/v1/reconciliations/{reconciliationId}",
  operationId: "getReconciliation",
  tag: "reconciliation",
  summary: {
    "zh-CN": "一次对账：逐日的两边、差异数与证明。",
    en: "One reconciliation: both sides per day, and its proof.",
  },
  scope: "pulls:read",
  params: reconciliationParams,
  responses: { 200: { description: { "zh-CN": "对账。", en: "The reconciliation." }, ...reconciliation } },
  problems: ["reconciliation_not_found"],
});

export const listDifferencesRoute = defineRoute({
  method: "get",
  path: "/v1/reconciliations/{reconciliationId}/differences",
  operationId: "listDifferences",
  tag: "reconciliation",
  summary: { "zh-CN": "最近一次比对的差异，逐条记录。", en: "What the last comparison found, by record." },
  scope: "pulls:read",
  params: reconciliationParams,
  query: differencesQuery,
  responses: {
    200: {
      description: { "zh-CN": "差异。", en: "The differences." },
      name: "DifferencesResponse",
      schema: differencesResponseSchema,
    },
  },
  problems: ["reconciliation_not_found"],
});

export const repairReconciliationRoute = defineRoute({
  method: "post",
  path: "/v1/reconciliations/{reconciliationId}/repair",
  operationId: "repairReconciliation",
  tag: "reconciliation",
  summary: {
    "zh-CN": "补采有差异的各日，完成后重新比对；一致则结案。",
    en: "Read the days that differ again and compare anew; where both sides then agree it is closed.",
  },
  scope: "pulls:write",
  params: reconciliationParams,
  responses: { 202: { description: { "zh-CN": "补采已排队。", en: "The pulls are queued." }, ...reconciliation } },
  problems: [
    "reconciliation_not_found",
    "reconciliation_state_conflict",
    "nothing_to_repair",
    "backfill_not_supported",
    "backfills_too_many",
  ],
});

export const closeReconciliationRoute = defineRoute({
  method: "post",
  path: "/v1/reconciliations/{reconciliationId}/closure",
  operationId: "closeReconciliation",
  tag: "reconciliation",
  summary: {
    "zh-CN": "凭说明与文件，将尚有差异的对账结案。",
    en: "Close a reconciliation whose differences remain, with an explanation and a document.",
  },
  scope: "pulls:write",
  params: reconciliationParams,
  body: {
    name: "ClosureRequest",
    schema: closureRequestSchema,
    example: { reason: "平台来函：两条记录已按规定删除。", document: "衢人社函〔2026〕12号" },
    bytesMax: LIMITS.decisionBodyBytesMax,
  },
  responses: { 200: { description: { "zh-CN": "已结案。", en: "Closed." }, ...reconciliation } },
  problems: ["reconciliation_not_found", "reconciliation_state_conflict"],
});

export const getOwnDaysRoute = defineRoute({
  method: "get",
  path: "/v1/reconciliation/days",
  operationId: "getReconciliationDays",
  tag: "reconciliation",
  summary: {
    "zh-CN": "本来源各日的条数、学时与摘要，供对账。",
    en: "Count, hours and digest of each day of one's own records, to reconcile with.",
  },
  scope: "batches:read",
  query: ownDaysQuery,
  responses: {
    200: {
      description: { "zh-CN": "各日。", en: "The days." },
      name: "ReconciliationDays",
      schema: ownDaysResponseSchema,
    },
  },
  problems: [],
});

export const getOwnRecordsRoute = defineRoute({
  method: "get",
  path: "/v1/reconciliation/records",
  operationId: "getReconciliationRecords",
  tag: "reconciliation",
  summary: {
    "zh-CN": "本来源某一天的记录，或指定的记录，供对账。",
    en: "One's own records of a day, or those of some ids, to reconcile with.",
  },
  scope: "batches:read",
  query: ownRecordsQuery,
  responses: {
    200: {
      description: { "zh-CN": "记录。", en: "The records." },
      name: "ReconciliationRecords",
      schema: ownRecordsResponseSchema,
    },
  },
  problems: [],
});

export const RECONCILIATION_ROUTES = [
  startReconciliationRoute,
  listReconciliationsRoute,
  getReconciliationRoute,
  listDifferencesRoute,
  repairReconciliationRoute,
  closeReconciliationRoute,
  getOwnDaysRoute,
  getOwnRecordsRoute,
] as const;
