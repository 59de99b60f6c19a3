import {
  applyErasureRoute,
  cancelErasureRoute,
  getErasureRoute,
  listErasuresRoute,
  proposeErasureRoute,
} from "@xueshi/contracts";

const OF_ALL = { group: "erasures", service: "ingestion" } as const;
const LISTED = ["erasureId", "state", "reason", "document", "proposedBy", "decidedBy", "endedAt"];
/** By a practitioner id, or by a file with the document's id; never by the id itself. */
const WHOM = ["person", "practitioner"];

/** `pnpm ops erasures …`: the personal data of somebody erased for good. */
export const ERASURE_VERBS = [
  {
    ...OF_ALL,
    name: "propose",
    summary: {
      "zh-CN":
        '提出删除一人的个人信息并预览：--person 文件（{"idType":…,"idNumber":…}）或 --practitioner 编号，--reason、--document、--basis',
      en: 'propose to erase somebody, and preview it: --person FILE ({"idType":…,"idNumber":…}) or --practitioner ID, --reason, --document, --basis',
    },
    route: proposeErasureRoute,
    takes: [],
    flags: [...WHOM, "reason", "document", "basis"],
  },
  {
    ...OF_ALL,
    name: "list",
    summary: { "zh-CN": "历次删除，新的在前；不含是谁", en: "erasures, newest first; without whom" },
    route: listErasuresRoute,
    takes: [],
    flags: ["limit", "cursor"],
    table: { list: "erasures", columns: LISTED },
  },
  {
    ...OF_ALL,
    name: "show",
    summary: { "zh-CN": "一项删除的预览与进度", en: "one erasure, its preview and how far it is" },
    route: getErasureRoute,
    takes: ["erasureId"],
    flags: [],
  },
  {
    ...OF_ALL,
    name: "apply",
    summary: {
      "zh-CN": "执行一项删除，再次指明其人（--person 或 --practitioner）；须两人的，由提出者以外的人执行；不能撤销",
      en: "apply one, naming the person again (--person or --practitioner); where two holders are needed, by another than proposed it; for good",
    },
    route: applyErasureRoute,
    takes: ["erasureId"],
    flags: WHOM,
  },
  {
    ...OF_ALL,
    name: "cancel",
    summary: { "zh-CN": "取消尚未执行的删除", en: "give up one that was not applied yet" },
    route: cancelErasureRoute,
    takes: ["erasureId"],
    flags: [],
  },
] as const;
