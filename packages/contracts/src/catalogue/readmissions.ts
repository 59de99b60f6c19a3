import { type CodeText, codeText } from "../language.ts";

/** `compare` lists what would change, `apply` stores it as well. */
export const READMISSION_MODES = ["compare", "apply"] as const;

/** How far a re-admission is. */
export const READMISSION_STATES = ["queued", "running", "compared", "done", "failed"] as const;
export type ReadmissionStateCode = (typeof READMISSION_STATES)[number];

export const READMISSION_STATE_TEXTS: Readonly<Record<ReadmissionStateCode, CodeText>> = {
  queued: codeText("排队中", "等待开始。", "Queued", "It waits to begin."),
  running: codeText("进行中", "正在重读保存的原始数据。", "Running", "The rows that are kept are being read anew."),
  compared: codeText(
    "已比对",
    "差异已列出，未作任何改动；核对后可按同样的范围执行。",
    "Compared",
    "What differs is listed and nothing was changed; look at it, then apply it with the same range.",
  ),
  done: codeText("已执行", "差异已改正，随即入账。", "Done", "What differed is mended, and posted in a moment."),
  failed: codeText(
    "未完成",
    "未能完成，原因见 failure；此前已改正的部分保留，可重新开始。",
    "Failed",
    "It did not come to its end, see failure; what was mended before stays, and it may be started again.",
  ),
};

/** Why a re-admission did not come to its end. */
export const READMISSION_FAILURE_TEXTS = {
  cancelled: codeText(
    "已取消",
    "由经办人取消；此前已改正的部分保留。",
    "Cancelled",
    "An operator cancelled it; what was mended before stays.",
  ),
  internal_error: codeText(
    "系统出错",
    "因系统自身的原因多次失败；请联系运维，修复后重新开始。",
    "Something went wrong here",
    "It failed again and again for a reason of ours; please tell who runs the service, and start it again then.",
  ),
  mapping_changed: codeText(
    "字段映射已变",
    "开始之后该来源的字段映射或科目表又有改动；请重新比对。",
    "The mapping has changed",
    "The mapping or the subjects of the source were changed after it was started; please compare again.",
  ),
  source_not_configured: codeText(
    "平台已不在配置中",
    "保存的是采集来的数据，而该平台已不在配置中，无从解读。",
    "The platform is not configured",
    "What is kept was pulled, and the platform is not configured any more, so nothing says how to read it.",
  ),
} as const satisfies Record<string, CodeText>;

export type ReadmissionFailureCode = keyof typeof READMISSION_FAILURE_TEXTS;
