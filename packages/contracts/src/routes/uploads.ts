import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { pageQuery } from "../schemas/paging.ts";
import {
  confirmationRequestSchema,
  uploadFindingsResponseSchema,
  uploadParams,
  uploadQuery,
  uploadSchema,
  uploadsResponseSchema,
} from "../schemas/upload.ts";
import { defineRoute } from "./route.ts";

const XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const upload = { name: "Upload", schema: uploadSchema } as const;

export const getUploadTemplateRoute = defineRoute({
  method: "get",
  path: "/v1/uploads/template",
  operationId: "getUploadTemplate",
  tag: "uploads",
  summary: { "zh-CN": "下载继续教育学时模板。", en: "Download the template for uploads." },
  scope: "records:write",
  query: z.strictObject({ format: z.enum(["xlsx", "csv"]).optional() }),
  responses: {
    200: { description: { "zh-CN": "模板。", en: "The template." }, otherTypes: [XLSX_TYPE, "text/csv"] },
  },
  problems: [],
});

export const uploadRecordsRoute = defineRoute({
  method: "post",
  path: "/v1/uploads",
  operationId: "uploadRecords",
  tag: "uploads",
  summary: {
    "zh-CN": "上传学时表（xlsx 或 CSV），按模板的列；先检查，再接收。",
    en: "Upload a table of hours (xlsx or CSV) with the columns of the template; it is checked first, then taken in.",
  },
  scope: "records:write",
  query: uploadQuery,
  bytes: { name: "UploadedTable", mediaTypes: [XLSX_TYPE, "text/csv"], bytesMax: LIMITS.uploadBytesMax },
  responses: {
    200: { description: { "zh-CN": "同一文件此前已上传。", en: "The same file was uploaded before." }, ...upload },
    202: { description: { "zh-CN": "文件已落盘。", en: "The file is on disk." }, ...upload },
  },
  problems: ["streams_too_many"],
});

export const listUploadsRoute = defineRoute({
  method: "get",
  path: "/v1/uploads",
  operationId: "listUploads",
  tag: "uploads",
  summary: { "zh-CN": "上传记录，新的在前。", en: "Uploads, newest first." },
  scope: "batches:read",
  query: pageQuery,
  responses: {
    200: {
      description: { "zh-CN": "上传记录。", en: "The uploads." },
      name: "UploadsResponse",
      schema: uploadsResponseSchema,
    },
  },
  problems: [],
});

export const getUploadRoute = defineRoute({
  method: "get",
  path: "/v1/uploads/{uploadId}",
  operationId: "getUpload",
  tag: "uploads",
  summary: { "zh-CN": "查询一次上传的进度与结果。", en: "How far an upload is, and what came of it." },
  scope: "batches:read",
  params: uploadParams,
  responses: { 200: { description: { "zh-CN": "上传。", en: "The upload." }, ...upload } },
  problems: ["upload_not_found"],
});

export const listUploadFindingsRoute = defineRoute({
  method: "get",
  path: "/v1/uploads/{uploadId}/findings",
  operationId: "listUploadFindings",
  tag: "uploads",
  summary: {
    "zh-CN": "有误的行与首次出现的人员：行号、列名、原因。",
    en: "Rows that are wrong and people who are not known yet: row, column, reason.",
  },
  scope: "batches:read",
  params: uploadParams,
  query: pageQuery,
  responses: {
    200: {
      description: { "zh-CN": "各处发现。", en: "The findings." },
      name: "UploadFindingsResponse",
      schema: uploadFindingsResponseSchema,
    },
  },
  problems: ["upload_not_found"],
});

export const confirmUploadRoute = defineRoute({
  method: "post",
  path: "/v1/uploads/{uploadId}/confirmation",
  operationId: "confirmUpload",
  tag: "uploads",
  summary: { "zh-CN": "确认首次出现的人员，继续接收。", en: "Confirm the people who are not known yet, and go on." },
  scope: "records:write",
  params: uploadParams,
  body: {
    name: "UploadConfirmation",
    schema: confirmationRequestSchema,
    example: { unknownPeople: "accept" },
    bytesMax: LIMITS.decisionBodyBytesMax,
  },
  responses: { 202: { description: { "zh-CN": "继续接收。", en: "It goes on." }, ...upload } },
  problems: ["upload_not_found", "upload_state_conflict"],
});

export const cancelUploadRoute = defineRoute({
  method: "delete",
  path: "/v1/uploads/{uploadId}",
  operationId: "cancelUpload",
  tag: "uploads",
  summary: { "zh-CN": "取消一次等待确认的上传。", en: "Cancel an upload that waits for confirmation." },
  scope: "records:write",
  params: uploadParams,
  responses: { 200: { description: { "zh-CN": "已取消。", en: "It is cancelled." }, ...upload } },
  problems: ["upload_not_found", "upload_state_conflict"],
});

export const UPLOAD_ROUTES = [
  getUploadTemplateRoute,
  uploadRecordsRoute,
  listUploadsRoute,
  getUploadRoute,
  listUploadFindingsRoute,
  confirmUploadRoute,
  cancelUploadRoute,
] as const;
