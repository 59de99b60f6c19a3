import {
  closeReconciliationRoute,
  getReconciliationRoute,
  listDifferencesRoute,
  listReconciliationsRoute,
  repairReconciliationRoute,
  startReconciliationRoute,
} from "@xueshi/contracts";
import { reconciliationLines } from "./reconciliation-lines.ts";

const OF_ONE = { group: "reconcile", service: "ingestion", lines: reconciliationLines } as const;
const LISTED = ["reconciliationId", "platform", "kind", "from", "until", "state", "comparedUntil"];
const COUNTS = ["differences.missing_here", "differences.missing_there", "differences.differs"];

/** `pnpm ops reconcile …`: what is here beside what the platforms say they have. */
export const RECONCILE_VERBS = [
  {
    ...OF_ONE,
    name: "start",
    summary: {
      "zh-CN": "与平台逐日对账（--from、--until；--wait 等到有结果）",
      en: "compare days with a platform (--from, --until; --wait until there is a result)",
    },
    route: startReconciliationRoute,
    takes: ["platform"],
    flags: ["from", "until"],
    waits: "reconciliation",
  },
  {
    ...OF_ONE,
    name: "totals",
    summary: {
      "zh-CN": "按平台给的总数核对（--csv 文件：from,until,records,hours；--by obtained_on）",
      en: "compare totals that a platform gave (--csv FILE with from,until,records,hours; --by obtained_on)",
    },
    route: startReconciliationRoute,
    takes: ["platform"],
    flags: ["csv", "by"],
    waits: "reconciliation",
  },
  {
    group: "reconcile",
    service: "ingestion",
    name: "list",
    summary: { "zh-CN": "对账记录，新的在前", en: "reconciliations, newest first" },
    route: listReconciliationsRoute,
    takes: [],
    flags: ["limit", "cursor", "platform", "state"],
    table: { list: "reconciliations", columns: [...LISTED, ...COUNTS] },
  },
  {
    ...OF_ONE,
    name: "show",
    summary: { "zh-CN": "一次对账的各日与证明", en: "one reconciliation, its days and its proof" },
    route: getReconciliationRoute,
    takes: ["reconciliationId"],
    flags: [],
    waits: "reconciliation",
  },
  {
    group: "reconcile",
    service: "ingestion",
    name: "differences",
    summary: { "zh-CN": "逐条记录的差异（--kind）", en: "what differs, by record (--kind)" },
    route: listDifferencesRoute,
    takes: ["reconciliationId"],
    flags: ["limit", "cursor", "kind"],
    table: {
      list: "differences",
      columns: [
        ...["recordId", "kind", "day", "here.updateTime", "here.hours", "here.status", "here.state"],
        ...["there.updateTime", "there.hours", "there.status"],
      ],
    },
  },
  {
    ...OF_ONE,
    name: "repair",
    summary: {
      "zh-CN": "补采有差异的各日并重新比对（--wait）",
      en: "read the days that differ again and compare anew (--wait)",
    },
    route: repairReconciliationRoute,
    takes: ["reconciliationId"],
    flags: [],
    waits: "reconciliation",
  },
  {
    ...OF_ONE,
    name: "close",
    summary: {
      "zh-CN": "凭说明与文件结案（--reason、--document）",
      en: "close what differs with an explanation (--reason, --document)",
    },
    route: closeReconciliationRoute,
    takes: ["reconciliationId"],
    flags: ["reason", "document"],
  },
] as const;
