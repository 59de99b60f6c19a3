import { LIMITS } from "../limits.ts";
import { changedVerdictsQuery, changedVerdictsResponseSchema } from "../schemas/changed-verdict.ts";
import { checkRequestSchema, checksRequestDocument, checksRequestSchema } from "../schemas/check.ts";
import type { VocabularyCodes } from "../schemas/declaration.ts";
import { verdictParams } from "../schemas/operation.ts";
import {
  balancesQuery,
  balancesResponseSchema,
  entriesQuery,
  entriesResponseSchema,
  practitionerParams,
  requirementsQuery,
} from "../schemas/person.ts";
import { personExportLineSchema } from "../schemas/person-export.ts";
import { lookupRequestSchema, lookupResponseSchema } from "../schemas/practitioner.ts";
import { replayResponseSchema } from "../schemas/replay.ts";
import { checksResponseSchema, verdictResponseSchema } from "../schemas/verdict.ts";
import { CHECK_EXAMPLE, CHECKS_EXAMPLE, LOOKUP_EXAMPLE } from "./examples.ts";
import { listCheckpointsRoute, proveConsistencyRoute, proveEntryRoute, readFeedRoute } from "./proofs.ts";
import { defineRoute } from "./route.ts";

const verdictResponse = {
  description: { "zh-CN": "结论。", en: "The verdict." },
  name: "Verdict",
  schema: verdictResponseSchema,
} as const;

export const getVerdictRoute = defineRoute({
  method: "get",
  path: "/v1/verdicts/{verdictId}",
  operationId: "getVerdict",
  tag: "checks",
  summary: { "zh-CN": "读取保存的结论。", en: "Read a kept verdict." },
  scope: "verdicts:read",
  params: verdictParams,
  responses: { 200: verdictResponse },
  problems: ["verdict_not_found", "erased"],
});

export const replayVerdictRoute = defineRoute({
  method: "get",
  path: "/v1/verdicts/{verdictId}/replay",
  operationId: "replayVerdict",
  tag: "checks",
  summary: {
    "zh-CN": "按保存时的截点重算一份结论，并指出有何不同、为何不同。",
    en: "Decide a kept verdict again at its cut; what differs is named, with the reason.",
  },
  scope: "verdicts:read",
  params: verdictParams,
  responses: {
    200: {
      description: { "zh-CN": "重算的结果。", en: "What it comes to." },
      name: "ReplayResponse",
      schema: replayResponseSchema,
    },
  },
  problems: ["verdict_not_found"],
});

export const listChangedVerdictsRoute = defineRoute({
  method: "get",
  path: "/v1/verdicts/changed",
  operationId: "listChangedVerdicts",
  tag: "checks",
  summary: {
    "zh-CN":
      "沿全账流水查找：哪些保存的结论如今会是另一答复，因何而变。Accept: text/event-stream 时持续推送，以 Last-Event-ID 续接；中断处的结论可能重复。",
    en: "Along the feed: the kept verdicts that would be answered otherwise today, and because of what; with Accept: text/event-stream as it grows, resumed by Last-Event-ID. Where a stream broke off, verdicts may come twice.",
  },
  scope: "verdicts:read",
  query: changedVerdictsQuery,
  events: true,
  responses: {
    200: {
      description: { "zh-CN": "改变的结论。", en: "The changed verdicts." },
      name: "ChangedVerdicts",
      schema: changedVerdictsResponseSchema,
      otherTypes: ["text/event-stream"],
    },
  },
  problems: ["feed_streams_too_many"],
});

export const lookupPractitionerRoute = defineRoute({
  method: "post",
  path: "/v1/practitioners/lookup",
  operationId: "lookupPractitioner",
  tag: "practitioners",
  summary: {
    "zh-CN": "以证件换取人员编号，此后地址中不再出现证件号码。",
    en: "Exchange an identity for a practitioner id, so that no document number is in an address.",
  },
  scope: "practitioners:read",
  body: {
    name: "LookupRequest",
    schema: lookupRequestSchema,
    example: LOOKUP_EXAMPLE,
    bytesMax: LIMITS.lookupBodyBytesMax,
  },
  responses: {
    200: {
      description: { "zh-CN": "人员编号。", en: "The practitioner id." },
      name: "LookupResponse",
      schema: lookupResponseSchema,
    },
  },
  problems: ["erased"],
});

export const getBalancesRoute = defineRoute({
  method: "get",
  path: "/v1/practitioners/{practitionerId}/balances",
  operationId: "getBalances",
  tag: "practitioners",
  summary: { "zh-CN": "一人的学时汇总。", en: "A person's balances." },
  scope: "practitioners:read",
  params: practitionerParams,
  query: balancesQuery,
  responses: {
    200: {
      description: { "zh-CN": "汇总。", en: "The balances." },
      name: "BalancesResponse",
      schema: balancesResponseSchema,
    },
  },
  problems: ["erased"],
});

export const getEntriesRoute = defineRoute({
  method: "get",
  path: "/v1/practitioners/{practitionerId}/entries",
  operationId: "getEntries",
  tag: "practitioners",
  summary: { "zh-CN": "一人的全部分录，旧的在前。", en: "A person's entries, oldest first." },
  scope: "practitioners:read",
  params: practitionerParams,
  query: entriesQuery,
  responses: {
    200: {
      description: { "zh-CN": "分录。", en: "The entries." },
      name: "EntriesResponse",
      schema: entriesResponseSchema,
    },
  },
  problems: ["erased"],
});

export const exportPersonRoute = defineRoute({
  method: "get",
  path: "/v1/practitioners/{practitionerId}/export",
  operationId: "exportPerson",
  tag: "practitioners",
  summary: {
    "zh-CN": "一人的全部数据：学时、分录及说明、保存的结论、查阅记录；每行一项（NDJSON），供本人查阅。",
    en: "All there is of a person, for the person: hours, explained entries, kept verdicts, who read what; as NDJSON.",
  },
  scope: "practitioners:export",
  params: practitionerParams,
  responses: {
    200: {
      description: { "zh-CN": "逐行；末行为 end。", en: "Line by line; the last one is `end`." },
      name: "PersonExportLine",
      schema: personExportLineSchema,
      otherTypes: ["application/x-ndjson"],
    },
  },
  problems: ["practitioner_not_found", "erased"],
});

/** The routes whose closed lists come from the rulebook of the installation. */
export function checkRoutes(vocabulary: VocabularyCodes) {
  const check = checkRequestSchema(vocabulary);
  const checkRoute = defineRoute({
    method: "post",
    path: "/v1/checks",
    operationId: "check",
    tag: "checks",
    summary: { "zh-CN": "核验一人是否达到申报的学时要求。", en: "Check one person against one declaration." },
    scope: "checks:write",
    body: { name: "CheckRequest", schema: check, example: CHECK_EXAMPLE, bytesMax: LIMITS.checkBodyBytesMax },
    responses: { 200: verdictResponse },
    problems: [],
  });
  const checkBatchRoute = defineRoute({
    method: "post",
    path: "/v1/checks/batch",
    operationId: "checkBatch",
    tag: "checks",
    summary: {
      "zh-CN": "批量核验：JSON 至多 1,000 条，或每行一条（NDJSON）至多 10,000 行；逐条作答，有误的一条不影响其他。",
      en: "Check many: up to 1,000 as JSON, or up to 10,000 lines as NDJSON; each is answered by itself.",
    },
    scope: "checks:write",
    body: {
      name: "ChecksRequest",
      schema: checksRequestSchema,
      documented: checksRequestDocument(vocabulary),
      example: CHECKS_EXAMPLE,
      bytesMax: LIMITS.checksBodyBytesMax,
      lines: {
        bytesMax: LIMITS.checkLinesBodyBytesMax,
        lineBytesMax: LIMITS.checkLineBytesMax,
        linesMax: LIMITS.checkLinesMax,
      },
    },
    responses: {
      200: {
        description: { "zh-CN": "逐条的结论或错误。", en: "A verdict or a problem for each." },
        name: "ChecksResponse",
        schema: checksResponseSchema,
        otherTypes: ["application/x-ndjson"],
      },
    },
    problems: [],
  });
  const getRequirementsRoute = defineRoute({
    method: "get",
    path: "/v1/practitioners/{practitionerId}/requirements",
    operationId: "getRequirements",
    tag: "practitioners",
    summary: {
      "zh-CN": "一人对某项申报的学时要求达到多少、还差多少。",
      en: "What a declaration asks of a person: have, need and gap.",
    },
    scope: "practitioners:read",
    params: practitionerParams,
    query: requirementsQuery(vocabulary),
    responses: { 200: verdictResponse },
    problems: [],
  });
  return { checkRoute, checkBatchRoute, getRequirementsRoute };
}

/** All routes of the query API. */
export function queryRoutes(vocabulary: VocabularyCodes) {
  const { checkRoute, checkBatchRoute, getRequirementsRoute } = checkRoutes(vocabulary);
  return [
    checkRoute,
    checkBatchRoute,
    listChangedVerdictsRoute,
    getVerdictRoute,
    replayVerdictRoute,
    lookupPractitionerRoute,
    getBalancesRoute,
    getEntriesRoute,
    exportPersonRoute,
    getRequirementsRoute,
    proveEntryRoute,
    listCheckpointsRoute,
    proveConsistencyRoute,
    readFeedRoute,
  ] as const;
}
