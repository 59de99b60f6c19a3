import {
  acceptPullRoute,
  cancelPullRoute,
  cancelReadmissionRoute,
  decideReviewRoute,
  decideRowRoute,
  decideRowsRoute,
  getPlatformRoute,
  getPullRoute,
  getQuarantineRowRoute,
  getReadmissionRoute,
  getRecordRoute,
  getUploadRoute,
  listMergesRoute,
  listPlatformsRoute,
  listPullsRoute,
  listQuarantineRoute,
  listReadmissionChangesRoute,
  listReadmissionsRoute,
  listReviewsRoute,
  listUploadFindingsRoute,
  listUploadsRoute,
  type Route,
  startPullRoute,
  startReadmissionRoute,
  type Text,
  undoMergeRoute,
  undoRowDecisionRoute,
} from "@xueshi/contracts";
import { CORRECTION_VERBS } from "./correction-verbs.ts";
import { DUPLICATE_VERBS } from "./duplicate-verbs.ts";
import { ERASURE_VERBS } from "./erasure-verbs.ts";
import { RECONCILE_VERBS } from "./reconcile-verbs.ts";
import type { WaitsFor } from "./wait-until-over.ts";

/** One verb: which operation it calls, what it takes, and which fields of the answer a table shows. */
export interface OpsVerb {
  readonly group: string;
  readonly name: string;
  readonly summary: Text;
  readonly route: Route;
  readonly service: "ingestion" | "ledger";
  /** Arguments in their order: the names of path parameters, then of fields. */
  readonly takes: readonly string[];
  /** Flags that go into the query of a list or the body of the rest. */
  readonly flags: readonly string[];
  /** Fields of the body that are always the same. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** The list in the answer, and its columns; absent: the answer is shown field by field. */
  readonly table?: { readonly list: string; readonly columns: readonly string[] };
  /** How the answer is shown otherwise. */
  readonly lines?: (body: unknown) => string[];
  /** What `--wait` waits for, until it has come to something; absent: there is nothing to wait for. */
  readonly waits?: WaitsFor;
}

type Rest = Omit<OpsVerb, "group" | "name" | "summary" | "route" | "service" | "takes" | "flags">;

function verb(
  called: string,
  zh: string,
  en: string,
  route: Route,
  takes: readonly string[],
  flags: readonly string[],
  rest: Rest & { readonly service?: OpsVerb["service"] } = {},
): OpsVerb {
  const [group = "", name = ""] = called.split(" ");
  return { group, name, summary: { "zh-CN": zh, en }, route, service: "ingestion", takes, flags, ...rest };
}

const PULL_COLUMNS = ["pullId", "platform", "kind", "state", "startedAt", "endedAt", "pages", "rows", "error.code"];
const ROW_COLUMNS = [
  "rowId",
  "kind",
  "code",
  "source",
  "recordId",
  "hours",
  "obtainedOn",
  "likelySameName",
  "decision.kind",
];
const LIST_FLAGS = ["limit", "cursor"];
const READMISSION_COLUMNS = [
  "readmissionId",
  "source",
  "mode",
  "state",
  "percent",
  "sums.records",
  "startedAt",
  "endedAt",
  "failure.code",
];
const CHANGE_COLUMNS = [
  "source",
  "recordId",
  "before.outcome",
  "before.code",
  "before.hours",
  "before.obtainedOn",
  "after.outcome",
  "after.code",
  "after.hours",
  "after.obtainedOn",
];

/** Everything that `pnpm ops` can do; each verb is one operation of the outside interfaces. */
export const OPS_VERBS: readonly OpsVerb[] = [
  verb(
    "platforms list",
    "各平台的时效、熔断与积压",
    "how fresh each platform is, its breaker and what waits",
    listPlatformsRoute,
    [],
    [],
    {
      table: {
        list: "platforms",
        columns: [
          "platform",
          "freshness",
          "completeUntil",
          "breaker.state",
          "breaker.failuresInARow",
          "unpostedBatches",
          "lastPull.state",
        ],
      },
    },
  ),
  verb(
    "platforms show",
    "一个平台的详情，含迟到分布",
    "one platform, with the histogram of its lateness",
    getPlatformRoute,
    ["platform"],
    [],
  ),
  verb(
    "pulls list",
    "采集记录，新的在前",
    "pulls, newest first",
    listPullsRoute,
    [],
    [...LIST_FLAGS, "platform", "state"],
    {
      table: { list: "pulls", columns: PULL_COLUMNS },
    },
  ),
  verb(
    "pulls show",
    "一次采集的进度与结果",
    "one pull, how far it is and what came of it",
    getPullRoute,
    ["pullId"],
    [],
  ),
  verb("pulls start", "立即采集一个平台", "pull one platform now", startPullRoute, ["platform"], []),
  verb(
    "pulls backfill",
    "补采一段日期（--from、--until）",
    "read days again (--from, --until)",
    startPullRoute,
    ["platform"],
    ["from", "until"],
  ),
  verb("pulls cancel", "取消一次采集", "cancel a pull", cancelPullRoute, ["pullId"], []),
  verb(
    "pulls accept",
    "认可一次可疑的采集（--reason）",
    "accept a suspicious pull (--reason)",
    acceptPullRoute,
    ["pullId"],
    ["reason"],
  ),
  verb(
    "quarantine list",
    "被拒、暂挂、冲突或有提示的行（--kind）",
    "rows that were refused, held, in conflict or flagged (--kind)",
    listQuarantineRoute,
    [],
    [...LIST_FLAGS, "kind", "platform", "code", "decided", "settled"],
    {
      table: { list: "rows", columns: ROW_COLUMNS },
    },
  ),
  verb(
    "quarantine show",
    "一行的详情与同一记录的各版本",
    "one row, with the versions beside it",
    getQuarantineRowRoute,
    ["rowId"],
    [],
  ),
  verb(
    "quarantine accept",
    "认可一行（--reason）",
    "accept a row (--reason)",
    decideRowRoute,
    ["rowId"],
    ["reason", "document"],
    {
      fixed: { kind: "accept" },
    },
  ),
  verb(
    "quarantine correct",
    "更正一行（--correction '{…}'、--document）",
    "correct a row (--correction '{…}', --document)",
    decideRowRoute,
    ["rowId"],
    ["reason", "document", "correction"],
    {
      fixed: { kind: "correct" },
    },
  ),
  verb(
    "quarantine refuse",
    "不予接收一行（--reason）",
    "refuse a row for good (--reason)",
    decideRowRoute,
    ["rowId"],
    ["reason", "document"],
    {
      fixed: { kind: "refuse" },
    },
  ),
  verb("quarantine bulk", "成批决定（--body '{…}'）", "decide many rows (--body '{…}')", decideRowsRoute, [], ["body"]),
  verb(
    "quarantine undo",
    "撤销一项决定（--reason）",
    "take a decision back (--reason)",
    undoRowDecisionRoute,
    ["decisionId"],
    ["reason"],
  ),
  verb(
    "review list",
    "等待认定科目或疑为重复的记录",
    "records without a subject, or taken for duplicates",
    listReviewsRoute,
    [],
    [...LIST_FLAGS, "reason", "platform"],
    {
      service: "ledger",
      table: {
        list: "reviews",
        columns: ["recordKey", "reason", "platform", "recordId", "hours", "subjectCode", "suggestedSubject", "since"],
      },
    },
  ),
  verb(
    "review decide",
    "认定科目（--subject）或撤销重复（--counts true）",
    "give a subject (--subject) or undo a duplicate (--counts true)",
    decideReviewRoute,
    ["recordKey"],
    ["subject", "counts", "reason", "document"],
    {
      service: "ledger",
    },
  ),
  verb("uploads list", "上传记录，新的在前", "uploads, newest first", listUploadsRoute, [], LIST_FLAGS, {
    table: {
      list: "uploads",
      columns: ["uploadId", "state", "reason", "rowsTotal", "rowsDone", "percent", "receivedAt"],
    },
  }),
  verb("uploads show", "一次上传的进度与结果", "one upload", getUploadRoute, ["uploadId"], []),
  verb(
    "uploads findings",
    "一次上传中有误的行",
    "rows of an upload that are wrong",
    listUploadFindingsRoute,
    ["uploadId"],
    LIST_FLAGS,
    {
      table: { list: "findings", columns: ["row", "column", "code", "message"] },
    },
  ),
  verb("merges list", "证件号码合并的决定", "decisions that an id was wrong", listMergesRoute, [], LIST_FLAGS),
  verb(
    "merges undo",
    "撤销一次合并（--reason）",
    "take a merge back (--reason)",
    undoMergeRoute,
    ["decisionId"],
    ["reason"],
  ),
  verb(
    "readmit compare",
    "映射改正后重读保存的原始数据，只列差异（--reason）",
    "after a mapping was mended: read what is kept anew and list what differs (--reason)",
    startReadmissionRoute,
    ["source"],
    ["from", "until", "reason"],
    { fixed: { mode: "compare" }, waits: "readmission" },
  ),
  verb(
    "readmit apply",
    "执行已比对的重读（--reason）",
    "do what was compared (--reason)",
    startReadmissionRoute,
    ["source"],
    ["from", "until", "reason", "repost"],
    { fixed: { mode: "apply" }, waits: "readmission" },
  ),
  verb("readmit list", "历次重读，新的在前", "re-admissions, newest first", listReadmissionsRoute, [], LIST_FLAGS, {
    table: { list: "readmissions", columns: READMISSION_COLUMNS },
  }),
  verb(
    "readmit show",
    "一次重读的进度与结果",
    "one re-admission, how far it is and what came of it",
    getReadmissionRoute,
    ["readmissionId"],
    [],
    { waits: "readmission" },
  ),
  verb(
    "readmit changes",
    "一次重读的差异，逐行",
    "what a re-admission found to differ, row by row",
    listReadmissionChangesRoute,
    ["readmissionId"],
    LIST_FLAGS,
    { table: { list: "changes", columns: CHANGE_COLUMNS } },
  ),
  verb("readmit cancel", "取消一次重读", "cancel a re-admission", cancelReadmissionRoute, ["readmissionId"], []),
  verb(
    "records show",
    "一条记录的下落（--source）",
    "what became of a record (--source)",
    getRecordRoute,
    ["recordId"],
    ["source"],
  ),
  ...CORRECTION_VERBS,
  ...DUPLICATE_VERBS,
  ...ERASURE_VERBS,
  ...RECONCILE_VERBS,
];
