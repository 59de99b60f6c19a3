import { z } from "zod";
import { LIMITS } from "../limits.ts";
import {
  acceptanceRequestSchema,
  batchParams,
  ingestionSummarySchema,
  platformParams,
  platformResponseSchema,
  platformsResponseSchema,
  pullParams,
  pullRequestSchema,
  pullResponseSchema,
  pullsQuery,
  pullsResponseSchema,
} from "../schemas/operation.ts";
import { pageQuery } from "../schemas/paging.ts";
import { kebabName, note, requiredText, text } from "../schemas/primitives.ts";
import { batchResponseSchema, recordsResponseSchema, validationResponseSchema } from "../schemas/receipt.ts";
import { pushQuery, recordsRequestDocument, recordsRequestSchema, withdrawalRequestSchema } from "../schemas/record.ts";
import { recordResponseSchema } from "../schemas/record-view.ts";
import { ERASURE_ROUTES } from "./erasures.ts";
import { RECORDS_EXAMPLE } from "./examples.ts";
import { MERGE_ROUTES } from "./merges.ts";
import { QUARANTINE_ROUTES } from "./quarantine.ts";
import { READMISSION_ROUTES } from "./readmissions.ts";
import { RECONCILIATION_ROUTES } from "./reconciliations.ts";
import { defineRoute } from "./route.ts";
import { UPLOAD_ROUTES } from "./uploads.ts";

export const pushRecordsRoute = defineRoute({
  method: "post",
  path: "/v1/records",
  operationId: "pushRecords",
  tag: "records",
  summary: {
    "zh-CN": "上报学时记录，每条记录各得一份回执；有误的一条不影响其他记录。",
    en: "Push records of hours; each gets its own receipt, and a bad one does not stop the others.",
  },
  scope: "records:write",
  query: pushQuery,
  body: {
    name: "RecordsRequest",
    schema: recordsRequestSchema,
    documented: recordsRequestDocument,
    example: RECORDS_EXAMPLE,
    bytesMax: LIMITS.recordsBodyBytesMax,
    lines: {
      bytesMax: LIMITS.recordLinesBodyBytesMax,
      lineBytesMax: LIMITS.recordLineBytesMax,
      linesMax: LIMITS.recordLinesMax,
      streamed: true,
    },
  },
  idempotent: true,
  responses: {
    202: {
      description: {
        "zh-CN": "已接收并落盘。NDJSON 每行一份回执，每千条落盘后即发出；末行为汇总，缺末行即中断。",
        en: "Taken in and on disk. As NDJSON one receipt a line, sent as each thousand is on disk; the last line is the summary, and an answer without it was cut off.",
      },
      name: "RecordsResponse",
      schema: recordsResponseSchema,
      otherTypes: ["application/x-ndjson"],
    },
  },
  problems: ["streams_too_many"],
});

export const validateRecordsRoute = defineRoute({
  method: "post",
  path: "/v1/records/validate",
  operationId: "validateRecords",
  tag: "records",
  summary: {
    "zh-CN": "试报：给出此刻上报会得到的回执，不保存任何内容。",
    en: "Dry run: the receipts that a push would get at this moment; nothing is kept.",
  },
  scope: "records:write",
  body: {
    name: "ValidationRequest",
    schema: recordsRequestSchema,
    documented: recordsRequestDocument,
    example: RECORDS_EXAMPLE,
    bytesMax: LIMITS.recordsBodyBytesMax,
    lines: {
      bytesMax: LIMITS.validateLinesBodyBytesMax,
      lineBytesMax: LIMITS.recordLineBytesMax,
      linesMax: LIMITS.validateLinesMax,
      streamed: true,
    },
  },
  responses: {
    200: {
      description: { "zh-CN": "回执；未保存。", en: "The receipts; nothing was kept." },
      name: "ValidationResponse",
      schema: validationResponseSchema,
      otherTypes: ["application/x-ndjson"],
    },
  },
  problems: ["streams_too_many"],
});

export const getRecordRoute = defineRoute({
  method: "get",
  path: "/v1/records/{recordId}",
  operationId: "getRecord",
  tag: "records",
  summary: {
    "zh-CN": "查询一条记录的下落：各版本、现状、计入与否及原因。",
    en: "What became of a record: its versions, how it stands, whether it counts and why.",
  },
  scope: "batches:read",
  params: z.strictObject({ recordId: requiredText(128) }),
  query: z.strictObject({ source: kebabName.optional().meta(note("经办人必填", "operators must say it")) }),
  responses: {
    200: {
      description: { "zh-CN": "记录。", en: "The record." },
      name: "RecordResponse",
      schema: recordResponseSchema,
    },
  },
  problems: ["record_not_found", "erased"],
});

export const withdrawRecordRoute = defineRoute({
  method: "delete",
  path: "/v1/records/{recordId}",
  operationId: "withdrawRecord",
  tag: "records",
  summary: {
    "zh-CN": "撤回一条已上报的记录；理由写在正文或 reason 参数中。",
    en: "Withdraw a record that was pushed; the reason is in the body or in the query.",
  },
  scope: "records:write",
  params: z.strictObject({ recordId: requiredText(128) }),
  query: z.strictObject({ reason: requiredText(200).optional(), updateTime: text(40).optional() }),
  body: {
    name: "WithdrawalRequest",
    schema: withdrawalRequestSchema,
    example: { reason: "名单有误" },
    bytesMax: LIMITS.withdrawalBodyBytesMax,
    optional: true,
  },
  idempotent: true,
  responses: {
    202: {
      description: { "zh-CN": "已接收并落盘。", en: "Taken in and on disk." },
      name: "RecordsResponse",
      schema: recordsResponseSchema,
    },
  },
  problems: ["record_not_found"],
});

export const getBatchRoute = defineRoute({
  method: "get",
  path: "/v1/batches/{batchId}",
  operationId: "getBatch",
  tag: "records",
  summary: { "zh-CN": "查询批次的入账进度与各记录的状态。", en: "How far a batch is, and how its records stand." },
  scope: "batches:read",
  params: batchParams,
  query: pageQuery,
  responses: {
    200: { description: { "zh-CN": "批次。", en: "The batch." }, name: "BatchResponse", schema: batchResponseSchema },
  },
  problems: ["batch_not_found"],
});

export const startPullRoute = defineRoute({
  method: "post",
  path: "/v1/pulls",
  operationId: "startPull",
  tag: "operation",
  summary: {
    "zh-CN": "立即采集一个平台；带 from 和 until 则补采这些天。",
    en: "Pull one platform now, or with from and until a range of days again.",
  },
  scope: "pulls:write",
  body: {
    name: "PullRequest",
    schema: pullRequestSchema,
    example: { platform: "quzhou-city" },
    bytesMax: LIMITS.pullBodyBytesMax,
  },
  responses: {
    202: { description: { "zh-CN": "已排队。", en: "Queued." }, name: "Pull", schema: pullResponseSchema },
  },
  problems: ["platform_not_found", "pull_in_progress", "backfills_too_many", "backfill_not_supported"],
});

export const getPullRoute = defineRoute({
  method: "get",
  path: "/v1/pulls/{pullId}",
  operationId: "getPull",
  tag: "operation",
  summary: { "zh-CN": "查询一次采集及其进度。", en: "One pull, and how far it is." },
  scope: "pulls:read",
  params: pullParams,
  responses: {
    200: { description: { "zh-CN": "采集。", en: "The pull." }, name: "Pull", schema: pullResponseSchema },
  },
  problems: ["pull_not_found"],
});

export const cancelPullRoute = defineRoute({
  method: "delete",
  path: "/v1/pulls/{pullId}",
  operationId: "cancelPull",
  tag: "operation",
  summary: {
    "zh-CN": "取消一次等待或进行中的采集；已取到的保留。",
    en: "Cancel a pull that waits or runs; what it has taken is kept.",
  },
  scope: "pulls:write",
  params: pullParams,
  responses: {
    200: { description: { "zh-CN": "已取消。", en: "Cancelled." }, name: "Pull", schema: pullResponseSchema },
  },
  problems: ["pull_not_found", "pull_ended"],
});

export const acceptPullRoute = defineRoute({
  method: "post",
  path: "/v1/pulls/{pullId}/acceptance",
  operationId: "acceptPull",
  tag: "operation",
  summary: {
    "zh-CN": "认可一次可疑的采集，此后它算作完整。",
    en: "Accept a suspicious pull; from then on it counts as complete.",
  },
  scope: "pulls:write",
  params: pullParams,
  body: {
    name: "AcceptanceRequest",
    schema: acceptanceRequestSchema,
    example: { reason: "平台来函说明：重复记录已清理。" },
    bytesMax: LIMITS.acceptanceBodyBytesMax,
  },
  responses: {
    200: { description: { "zh-CN": "已认可。", en: "Accepted." }, name: "Pull", schema: pullResponseSchema },
  },
  problems: ["pull_not_found", "pull_not_acceptable"],
});

export const listPullsRoute = defineRoute({
  method: "get",
  path: "/v1/pulls",
  operationId: "listPulls",
  tag: "operation",
  summary: { "zh-CN": "采集记录，新的在前。", en: "Pulls, newest first." },
  scope: "pulls:read",
  query: pullsQuery,
  responses: {
    200: {
      description: { "zh-CN": "采集记录。", en: "The pulls." },
      name: "PullsResponse",
      schema: pullsResponseSchema,
    },
  },
  problems: [],
});

export const listPlatformsRoute = defineRoute({
  method: "get",
  path: "/v1/platforms",
  operationId: "listPlatforms",
  tag: "operation",
  summary: { "zh-CN": "各平台的数据完整到何时。", en: "Until when each platform's data are complete." },
  scope: "platforms:read",
  responses: {
    200: {
      description: { "zh-CN": "平台。", en: "The platforms." },
      name: "PlatformsResponse",
      schema: platformsResponseSchema,
    },
  },
  problems: [],
});

export const getPlatformRoute = defineRoute({
  method: "get",
  path: "/v1/platforms/{platform}",
  operationId: "getPlatform",
  tag: "operation",
  summary: { "zh-CN": "一个平台的采集状况与迟到分布。", en: "How a platform's pulls go, and how late its rows come." },
  scope: "platforms:read",
  params: platformParams,
  responses: {
    200: {
      description: { "zh-CN": "平台。", en: "The platform." },
      name: "PlatformResponse",
      schema: platformResponseSchema,
    },
  },
  problems: ["platform_not_found"],
});

export const ingestionSummaryRoute = defineRoute({
  method: "get",
  path: "/v1/summary",
  operationId: "getIngestionSummary",
  tag: "operation",
  summary: { "zh-CN": "各平台来的行数及其结果。", en: "How many rows came from each platform, and how they ended." },
  scope: "summaries:read",
  responses: {
    200: {
      description: { "zh-CN": "汇总。", en: "The summary." },
      name: "IngestionSummary",
      schema: ingestionSummarySchema,
    },
  },
  problems: [],
});

export const INGESTION_ROUTES = [
  ...UPLOAD_ROUTES,
  ...QUARANTINE_ROUTES,
  ...MERGE_ROUTES,
  ...ERASURE_ROUTES,
  ...READMISSION_ROUTES,
  ...RECONCILIATION_ROUTES,
  pushRecordsRoute,
  validateRecordsRoute,
  getRecordRoute,
  withdrawRecordRoute,
  getBatchRoute,
  startPullRoute,
  listPullsRoute,
  getPullRoute,
  cancelPullRoute,
  acceptPullRoute,
  listPlatformsRoute,
  getPlatformRoute,
  ingestionSummaryRoute,
] as const;
