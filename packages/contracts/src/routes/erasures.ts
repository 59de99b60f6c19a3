import { LIMITS } from "../limits.ts";
import {
  erasureApplyRequestSchema,
  erasureParams,
  erasureRequestSchema,
  erasureSchema,
  erasuresResponseSchema,
} from "../schemas/erasure.ts";
import { pageQuery } from "../schemas/paging.ts";
import { ERASURE_EXAMPLE } from "./examples.ts";
import { defineRoute } from "./route.ts";

const erasure = { name: "Erasure", schema: erasureSchema } as const;

export const proposeErasureRoute = defineRoute({
  method: "post",
  path: "/v1/erasures",
  operationId: "proposeErasure",
  tag: "erasures",
  summary: {
    "zh-CN": "提出删除一人的个人信息并预览；执行前不作任何改变。",
    en: "Propose to erase the personal data of somebody, and preview it; nothing changes before it is applied.",
  },
  scope: "erasures:write",
  body: {
    name: "ErasureRequest",
    schema: erasureRequestSchema,
    example: ERASURE_EXAMPLE,
    bytesMax: LIMITS.decisionBodyBytesMax,
  },
  idempotent: true,
  responses: {
    201: { description: { "zh-CN": "已提出，待执行。", en: "It is proposed and waits to be applied." }, ...erasure },
  },
  problems: ["person_not_known", "erased", "erasure_of_merged", "idempotency_key_reused"],
});

export const listErasuresRoute = defineRoute({
  method: "get",
  path: "/v1/erasures",
  operationId: "listErasures",
  tag: "erasures",
  summary: { "zh-CN": "历次删除，新的在前；不含是谁。", en: "Erasures, newest first; without whom they are of." },
  scope: "erasures:read",
  query: pageQuery,
  responses: {
    200: {
      description: { "zh-CN": "历次删除。", en: "The erasures." },
      name: "ErasuresResponse",
      schema: erasuresResponseSchema,
    },
  },
  problems: [],
});

export const getErasureRoute = defineRoute({
  method: "get",
  path: "/v1/erasures/{erasureId}",
  operationId: "getErasure",
  tag: "erasures",
  summary: {
    "zh-CN": "一项删除的状态、预览与进度；不含是谁。",
    en: "How an erasure is, its preview and how far it is; without whom.",
  },
  scope: "erasures:read",
  params: erasureParams,
  responses: { 200: { description: { "zh-CN": "该项删除。", en: "The erasure." }, ...erasure } },
  problems: ["erasure_not_found"],
});

export const applyErasureRoute = defineRoute({
  method: "post",
  path: "/v1/erasures/{erasureId}/apply",
  operationId: "applyErasure",
  tag: "erasures",
  summary: {
    "zh-CN": "执行一项删除：须再次填写其人，两次不符则不执行；执行后不能撤销，原始内容随后逐一清除。",
    en: "Apply an erasure: the person is named again, and nothing is done where it is another one; it cannot be taken back, and what is kept as it came is cleared after it.",
  },
  scope: "erasures:write",
  params: erasureParams,
  body: {
    name: "ErasureApplyRequest",
    schema: erasureApplyRequestSchema,
    example: { practitioner: ERASURE_EXAMPLE.practitioner },
    bytesMax: LIMITS.decisionBodyBytesMax,
  },
  responses: {
    202: {
      description: { "zh-CN": "已执行，正在清除。", en: "It is applied, and the rest is being cleared." },
      ...erasure,
    },
  },
  problems: [
    "erasure_not_found",
    "erasure_state_conflict",
    "erasure_person_differs",
    "erasure_outdated",
    "erasure_of_merged",
    "erased",
    "second_holder_required",
  ],
});

export const cancelErasureRoute = defineRoute({
  method: "post",
  path: "/v1/erasures/{erasureId}/cancel",
  operationId: "cancelErasure",
  tag: "erasures",
  summary: { "zh-CN": "取消尚未执行的删除。", en: "Give up an erasure that was not applied yet." },
  scope: "erasures:write",
  params: erasureParams,
  responses: { 200: { description: { "zh-CN": "已取消。", en: "It is cancelled." }, ...erasure } },
  problems: ["erasure_not_found", "erasure_state_conflict"],
});

export const ERASURE_ROUTES = [
  proposeErasureRoute,
  listErasuresRoute,
  getErasureRoute,
  applyErasureRoute,
  cancelErasureRoute,
] as const;
