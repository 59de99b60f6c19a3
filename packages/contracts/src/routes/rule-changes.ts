import { pageQuery } from "../schemas/paging.ts";
import { ruleChangesResponseSchema } from "../schemas/rule-change.ts";
import { defineRoute } from "./route.ts";

export const listRuleChangesRoute = defineRoute({
  method: "get",
  path: "/v1/rule-changes",
  operationId: "listRuleChanges",
  tag: "corrections",
  summary: {
    "zh-CN": "规则启用后，已入账的记录随之改认的进度，新的在前。",
    en: "How far records that were posted before follow each change of the rules, newest first.",
  },
  scope: "corrections:read",
  query: pageQuery,
  responses: {
    200: {
      description: { "zh-CN": "历次规则变化。", en: "The changes of the rules." },
      name: "RuleChangesResponse",
      schema: ruleChangesResponseSchema,
    },
  },
  problems: [],
});
