import { LIMITS } from "../limits.ts";
import { mergeRequestSchema, mergeResponseSchema, mergesResponseSchema } from "../schemas/merge.ts";
import { pageQuery } from "../schemas/paging.ts";
import { decisionParams } from "../schemas/quarantine.ts";
import { undoQuery } from "../schemas/undo.ts";
import { MERGE_EXAMPLE } from "./examples.ts";
import { defineRoute } from "./route.ts";
import { UNDO_BODY } from "./undo-body.ts";

export const mergePeopleRoute = defineRoute({
  method: "post",
  path: "/v1/identity/merges",
  operationId: "mergePeople",
  tag: "identity",
  summary: {
    "zh-CN": "证件号码有误：其下的记录归于正确的号码，以后以错误号码来的也如此。",
    en: "An id was wrong: its records, those to come too, are those of the right one.",
  },
  scope: "quarantine:write",
  body: {
    name: "MergeRequest",
    schema: mergeRequestSchema,
    example: MERGE_EXAMPLE,
    bytesMax: LIMITS.decisionBodyBytesMax,
  },
  responses: {
    200: {
      description: { "zh-CN": "已合并，随即入账。", en: "They are merged, which is posted in a moment." },
      name: "MergeResponse",
      schema: mergeResponseSchema,
    },
  },
  problems: ["person_not_known", "merge_not_possible", "erased"],
});

export const listMergesRoute = defineRoute({
  method: "get",
  path: "/v1/identity/merges",
  operationId: "listMerges",
  tag: "identity",
  summary: { "zh-CN": "历次合并与撤销。", en: "Every merge, and every one taken back." },
  scope: "quarantine:read",
  query: pageQuery,
  responses: {
    200: {
      description: { "zh-CN": "合并。", en: "The merges." },
      name: "MergesResponse",
      schema: mergesResponseSchema,
    },
  },
  problems: [],
});

export const undoMergeRoute = defineRoute({
  method: "delete",
  path: "/v1/identity/merges/{decisionId}",
  operationId: "undoMerge",
  tag: "identity",
  summary: {
    "zh-CN": "撤销一次合并，两人各归各位；理由写在正文或 reason 参数中。",
    en: "Take back a merge; both have their own records again. The reason is in the body or in the query.",
  },
  scope: "quarantine:write",
  params: decisionParams,
  query: undoQuery,
  body: UNDO_BODY,
  responses: {
    200: {
      description: { "zh-CN": "已撤销，随即入账。", en: "It is taken back, and posted in a moment." },
      name: "MergeResponse",
      schema: mergeResponseSchema,
    },
  },
  problems: ["decision_not_found", "decision_conflict", "erased"],
});

export const MERGE_ROUTES = [mergePeopleRoute, listMergesRoute, undoMergeRoute] as const;
