import { LIMITS } from "../limits.ts";
import {
  decisionParams,
  quarantineItemSchema,
  quarantineParams,
  quarantineQuery,
  quarantineResponseSchema,
  rowDecisionRequestSchema,
  rowDecisionResponseSchema,
  rowDecisionsRequestSchema,
  rowDecisionsResponseSchema,
  undoResponseSchema,
} from "../schemas/quarantine.ts";
import { undoQuery } from "../schemas/undo.ts";
import { ROW_DECISION_EXAMPLE, ROW_DECISIONS_EXAMPLE } from "./examples.ts";
import { defineRoute } from "./route.ts";
import { UNDO_BODY } from "./undo-body.ts";

export const listQuarantineRoute = defineRoute({
  method: "get",
  path: "/v1/quarantine",
  operationId: "listQuarantine",
  tag: "quarantine",
  summary: {
    "zh-CN": "未接收、暂挂、版本冲突和有提示的行；不含个人信息。",
    en: "Rows that are refused, held, in conflict or flagged; no personal data.",
  },
  scope: "quarantine:read",
  query: quarantineQuery,
  responses: {
    200: {
      description: { "zh-CN": "行。", en: "The rows." },
      name: "QuarantineResponse",
      schema: quarantineResponseSchema,
    },
  },
  problems: [],
});

export const getQuarantineRowRoute = defineRoute({
  method: "get",
  path: "/v1/quarantine/{rowId}",
  operationId: "getQuarantineRow",
  tag: "quarantine",
  summary: {
    "zh-CN": "一行及同一记录的其他版本、历次决定；证件号码与姓名均已遮盖。",
    en: "One row with the other versions of its record and what was decided; id and names are masked.",
  },
  scope: "quarantine:read",
  params: quarantineParams,
  responses: {
    200: {
      description: { "zh-CN": "该行。", en: "The row." },
      name: "QuarantineItem",
      schema: quarantineItemSchema,
    },
  },
  problems: ["quarantine_row_not_found"],
});

export const decideRowRoute = defineRoute({
  method: "post",
  path: "/v1/quarantine/{rowId}/decision",
  operationId: "decideQuarantineRow",
  tag: "quarantine",
  summary: {
    "zh-CN": "决定一行：认可、凭文件更正，或不予认可。",
    en: "Decide of one row: accept it, correct it on the strength of a document, or refuse it.",
  },
  scope: "quarantine:write",
  params: quarantineParams,
  body: {
    name: "RowDecisionRequest",
    schema: rowDecisionRequestSchema,
    example: ROW_DECISION_EXAMPLE,
    bytesMax: LIMITS.decisionBodyBytesMax,
  },
  responses: {
    200: {
      description: { "zh-CN": "决定已保存，随即入账。", en: "The decision is kept, and posted in a moment." },
      name: "RowDecisionResponse",
      schema: rowDecisionResponseSchema,
    },
  },
  problems: ["quarantine_row_not_found", "decision_conflict", "row_not_acceptable", "erased"],
});

export const decideRowsRoute = defineRoute({
  method: "post",
  path: "/v1/quarantine/decisions",
  operationId: "decideQuarantineRows",
  tag: "quarantine",
  summary: {
    "zh-CN": "一次决定多行：按编号，或按条件（如全部“很可能是同一姓名”的行）。",
    en: "Decide of many rows at once: by their ids, or by a filter such as all names that are likely the same.",
  },
  scope: "quarantine:write",
  body: {
    name: "RowDecisionsRequest",
    schema: rowDecisionsRequestSchema,
    example: ROW_DECISIONS_EXAMPLE,
    bytesMax: LIMITS.decisionsBodyBytesMax,
  },
  responses: {
    200: {
      description: { "zh-CN": "每行一份回执。", en: "One receipt for each row." },
      name: "RowDecisionsResponse",
      schema: rowDecisionsResponseSchema,
    },
  },
  problems: [],
});

export const undoRowDecisionRoute = defineRoute({
  method: "delete",
  path: "/v1/quarantine/decisions/{decisionId}",
  operationId: "undoRowDecision",
  tag: "quarantine",
  summary: {
    "zh-CN": "撤销一项决定，恢复原状；理由写在正文或 reason 参数中。",
    en: "Take back one decision; all is as it was before it. The reason is in the body or in the query.",
  },
  scope: "quarantine:write",
  params: decisionParams,
  query: undoQuery,
  body: UNDO_BODY,
  responses: {
    200: {
      description: { "zh-CN": "已撤销，随即入账。", en: "It is taken back, and posted in a moment." },
      name: "UndoResponse",
      schema: undoResponseSchema,
    },
  },
  problems: ["decision_not_found", "decision_conflict", "erased"],
});

export const QUARANTINE_ROUTES = [
  listQuarantineRoute,
  getQuarantineRowRoute,
  decideRowRoute,
  decideRowsRoute,
  undoRowDecisionRoute,
] as const;
