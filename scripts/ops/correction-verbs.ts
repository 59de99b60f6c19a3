import {
  applyCorrectionRoute,
  cancelCorrectionRoute,
  getCorrectionRoute,
  listCorrectionRecordsRoute,
  listCorrectionsRoute,
  listRuleChangesRoute,
  proposeCorrectionRoute,
  undoCorrectionRoute,
} from "@xueshi/contracts";

const OF_ALL = { group: "corrections", service: "ledger" } as const;
const LISTED = ["correctionId", "kind", "state", "preview.records", "preview.changing", "preview.people", "reason"];
const SEEN = ["state", "code", "hours", "subject", "year"];
/** Of a record as a preview saw it. */
export const SEEN_COLUMNS: readonly string[] = [
  ...["source", "recordId", "outcome"],
  ...SEEN.map((one) => `before.${one}`),
  ...SEEN.map((one) => `after.${one}`),
];

/** `pnpm ops corrections …`: records withdrawn, revoked, put right or reclassified, many as one. */
export const CORRECTION_VERBS = [
  {
    ...OF_ALL,
    name: "propose",
    summary: {
      "zh-CN":
        "提出更正并预览：种类为 withdrawal、fraud_revocation、administrative_error、correction 或 reclassification；--records 键,键 或 --filter '{…}'，--changes '{…}'；--apply true 立即执行",
      en: "propose and preview: KIND is withdrawal, fraud_revocation, administrative_error, correction or reclassification; --records KEY,KEY or --filter '{…}', --changes '{…}'; --apply true does it at once",
    },
    route: proposeCorrectionRoute,
    takes: ["kind"],
    flags: ["records", "filter", "changes", "reason", "document", "apply"],
  },
  {
    ...OF_ALL,
    name: "list",
    summary: { "zh-CN": "历次更正，新的在前", en: "corrections, newest first" },
    route: listCorrectionsRoute,
    takes: [],
    flags: ["limit", "cursor"],
    table: { list: "corrections", columns: LISTED },
  },
  {
    ...OF_ALL,
    name: "show",
    summary: { "zh-CN": "一项更正的预览与经过", en: "one correction, its preview and who did what" },
    route: getCorrectionRoute,
    takes: ["correctionId"],
    flags: [],
  },
  {
    ...OF_ALL,
    name: "records",
    summary: { "zh-CN": "预览所见的记录，前后对照", en: "the records of its preview, before and after" },
    route: listCorrectionRecordsRoute,
    takes: ["correctionId"],
    flags: ["limit", "cursor"],
    table: { list: "records", columns: SEEN_COLUMNS },
  },
  {
    ...OF_ALL,
    name: "apply",
    summary: {
      "zh-CN": "执行一项更正；须两人的，由提出者以外的人执行",
      en: "apply one; where two holders are needed, by another than proposed it",
    },
    route: applyCorrectionRoute,
    takes: ["correctionId"],
    flags: [],
  },
  {
    ...OF_ALL,
    name: "cancel",
    summary: { "zh-CN": "取消待执行的更正或待确认的撤销（--reason）", en: "cancel what waits (--reason)" },
    route: cancelCorrectionRoute,
    takes: ["correctionId"],
    flags: ["reason"],
  },
  {
    ...OF_ALL,
    name: "undo",
    summary: { "zh-CN": "撤销已执行的更正（--reason）", en: "take one back, all of it (--reason)" },
    route: undoCorrectionRoute,
    takes: ["correctionId"],
    flags: ["reason"],
  },
  {
    group: "rule-changes",
    service: "ledger",
    name: "list",
    summary: {
      "zh-CN": "规则启用后已入账记录改认的进度，新的在前",
      en: "how far posted records follow each change of the rules, newest first",
    },
    route: listRuleChangesRoute,
    takes: [],
    flags: ["limit", "cursor"],
    table: {
      list: "ruleChanges",
      columns: ["change", "state", "percent", "people", "changed", "entries", "startedAt", "endedAt"],
    },
  },
] as const;
