import {
  approveDuplicateDecisionRoute,
  cancelDuplicateDecisionRoute,
  getDuplicateDecisionRoute,
  listDuplicateCandidatesRoute,
  listDuplicateDecisionsRoute,
  listDuplicateRecordsRoute,
  proposeDuplicateDecisionRoute,
  undoDuplicateDecisionRoute,
} from "@xueshi/contracts";
import { SEEN_COLUMNS } from "./correction-verbs.ts";

const OF_ALL = { group: "duplicates", service: "ledger" } as const;
const OF_RECORD = ["recordKey", "source", "recordId", "title", "obtainedOn"];
const SAID = ["sets", "reason", "document", "apply"];

/** `pnpm ops duplicates …`: which records are one achievement, and which are not, as operators say. */
export const DUPLICATE_VERBS = [
  {
    ...OF_ALL,
    name: "candidates",
    summary: {
      "zh-CN": "疑似重复而未认定的记录，附得分（--platform、--days、--scoreMin）",
      en: "likely duplicates that nobody decided of, with their score (--platform, --days, --scoreMin)",
    },
    route: listDuplicateCandidatesRoute,
    takes: [],
    flags: ["limit", "cursor", "platform", "days", "scoreMin"],
    table: {
      list: "candidates",
      columns: ["score", "hours", ...[0, 1].flatMap((at) => OF_RECORD.map((field) => `records.${at}.${field}`))],
    },
  },
  {
    ...OF_ALL,
    name: "same",
    summary: {
      "zh-CN": "提出：各组记录为同一成果，并预览（--sets '键,键;键,键'、--reason、--document；--apply true 立即执行）",
      en: "propose that the records of each set are one achievement (--sets 'KEY,KEY;KEY,KEY', --reason, --document; --apply true does it at once)",
    },
    route: proposeDuplicateDecisionRoute,
    takes: [],
    flags: SAID,
    fixed: { kind: "same_achievement" },
  },
  {
    ...OF_ALL,
    name: "distinct",
    summary: {
      "zh-CN": "提出：各组记录互为不同成果，并预览；疑似重复不属实的也以此排除",
      en: "propose that no two records of a set are one achievement; a candidate that is none is dismissed by it",
    },
    route: proposeDuplicateDecisionRoute,
    takes: [],
    flags: SAID,
    fixed: { kind: "distinct_achievements" },
  },
  {
    ...OF_ALL,
    name: "list",
    summary: { "zh-CN": "历次认定，新的在前", en: "decisions, newest first" },
    route: listDuplicateDecisionsRoute,
    takes: [],
    flags: ["limit", "cursor"],
    table: {
      list: "decisions",
      columns: ["decisionId", "kind", "state", "preview.records", "preview.changing", "document", "reason"],
    },
  },
  {
    ...OF_ALL,
    name: "show",
    summary: { "zh-CN": "一项认定的预览与经过", en: "one decision, its preview and who did what" },
    route: getDuplicateDecisionRoute,
    takes: ["decisionId"],
    flags: [],
  },
  {
    ...OF_ALL,
    name: "records",
    summary: { "zh-CN": "预览所见的记录，前后对照", en: "the records of its preview, before and after" },
    route: listDuplicateRecordsRoute,
    takes: ["decisionId"],
    flags: ["limit", "cursor"],
    table: { list: "records", columns: SEEN_COLUMNS },
  },
  {
    ...OF_ALL,
    name: "approve",
    summary: {
      "zh-CN": "执行一项认定；须两人的，由提出者以外的人执行",
      en: "apply one; where two holders are needed, by another than proposed it",
    },
    route: approveDuplicateDecisionRoute,
    takes: ["decisionId"],
    flags: [],
  },
  {
    ...OF_ALL,
    name: "cancel",
    summary: { "zh-CN": "取消待执行的认定或待确认的撤销（--reason）", en: "cancel what waits (--reason)" },
    route: cancelDuplicateDecisionRoute,
    takes: ["decisionId"],
    flags: ["reason"],
  },
  {
    ...OF_ALL,
    name: "undo",
    summary: {
      "zh-CN": "撤销一项认定，按规则恢复（--reason）",
      en: "take one back; the rule alone decides again (--reason)",
    },
    route: undoDuplicateDecisionRoute,
    takes: ["decisionId"],
    flags: ["reason"],
  },
] as const;
