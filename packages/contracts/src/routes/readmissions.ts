import { LIMITS } from "../limits.ts";
import { pageQuery } from "../schemas/paging.ts";
import {
  readmissionChangesResponseSchema,
  readmissionParams,
  readmissionRequestSchema,
  readmissionSchema,
  readmissionsResponseSchema,
} from "../schemas/readmission.ts";
import { READMISSION_EXAMPLE } from "./examples.ts";
import { defineRoute } from "./route.ts";

const readmission = { name: "Readmission", schema: readmissionSchema } as const;

export const startReadmissionRoute = defineRoute({
  method: "post",
  path: "/v1/readmissions",
  operationId: "startReadmission",
  tag: "readmission",
  summary: {
    "zh-CN": "字段映射改正后，按现在的映射重读保存的原始数据：先比对，再执行。",
    en: "After a mapping was mended: read the rows that are kept anew by the mappings of today; compare first, then apply.",
  },
  scope: "quarantine:write",
  body: {
    name: "ReadmissionRequest",
    schema: readmissionRequestSchema,
    example: READMISSION_EXAMPLE,
    bytesMax: LIMITS.decisionBodyBytesMax,
  },
  idempotent: true,
  responses: { 202: { description: { "zh-CN": "已排队。", en: "It waits to begin." }, ...readmission } },
  problems: ["rows_not_kept", "readmission_in_progress", "readmission_not_compared"],
});

export const listReadmissionsRoute = defineRoute({
  method: "get",
  path: "/v1/readmissions",
  operationId: "listReadmissions",
  tag: "readmission",
  summary: { "zh-CN": "历次重读，新的在前。", en: "Re-admissions, newest first." },
  scope: "quarantine:read",
  query: pageQuery,
  responses: {
    200: {
      description: { "zh-CN": "历次重读。", en: "The re-admissions." },
      name: "ReadmissionsResponse",
      schema: readmissionsResponseSchema,
    },
  },
  problems: [],
});

export const getReadmissionRoute = defineRoute({
  method: "get",
  path: "/v1/readmissions/{readmissionId}",
  operationId: "getReadmission",
  tag: "readmission",
  summary: { "zh-CN": "一次重读的进度与结果。", en: "How far a re-admission is, and what came of it." },
  scope: "quarantine:read",
  params: readmissionParams,
  responses: { 200: { description: { "zh-CN": "该次重读。", en: "The re-admission." }, ...readmission } },
  problems: ["readmission_not_found"],
});

export const listReadmissionChangesRoute = defineRoute({
  method: "get",
  path: "/v1/readmissions/{readmissionId}/changes",
  operationId: "listReadmissionChanges",
  tag: "readmission",
  summary: {
    "zh-CN": "一次重读发现的差异，逐行列出改正前后；不含个人信息。",
    en: "What a re-admission found to differ, row by row, before and after; no personal data.",
  },
  scope: "quarantine:read",
  params: readmissionParams,
  query: pageQuery,
  responses: {
    200: {
      description: { "zh-CN": "差异。", en: "The changes." },
      name: "ReadmissionChangesResponse",
      schema: readmissionChangesResponseSchema,
    },
  },
  problems: ["readmission_not_found"],
});

export const cancelReadmissionRoute = defineRoute({
  method: "delete",
  path: "/v1/readmissions/{readmissionId}",
  operationId: "cancelReadmission",
  tag: "readmission",
  summary: {
    "zh-CN": "取消一次未结束的重读；已改正的部分保留。",
    en: "Cancel a re-admission that has not ended; what it mended stays.",
  },
  scope: "quarantine:write",
  params: readmissionParams,
  responses: { 200: { description: { "zh-CN": "已取消。", en: "It is cancelled." }, ...readmission } },
  problems: ["readmission_not_found", "readmission_ended"],
});

export const READMISSION_ROUTES = [
  startReadmissionRoute,
  listReadmissionsRoute,
  getReadmissionRoute,
  listReadmissionChangesRoute,
  cancelReadmissionRoute,
] as const;
