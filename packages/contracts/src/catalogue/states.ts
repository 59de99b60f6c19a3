import { type CodeText, codeText } from "../language.ts";

/** How far a batch is: its records are acknowledged while `pending` and in the ledger when `posted`. */
export const BATCH_STATES = ["pending", "posted"] as const;
export type BatchState = (typeof BATCH_STATES)[number];

export const BATCH_STATE_TEXTS: Readonly<Record<BatchState, CodeText>> = {
  pending: codeText("待入账", "已接收，正待入账。", "Pending", "It was taken in and waits to be posted."),
  posted: codeText("已入账", "批次中的记录都已入账。", "Posted", "All its records are in the ledger."),
};

export const PULL_STATES = ["queued", "running", "complete", "partial", "failed", "suspicious", "cancelled"] as const;
export type PullState = (typeof PULL_STATES)[number];

export const PULL_STATE_TEXTS: Readonly<Record<PullState, CodeText>> = {
  queued: codeText("排队中", "等待开始。", "Queued", "It waits to begin."),
  running: codeText("进行中", "正在采集。", "Running", "It is under way."),
  complete: codeText("完整", "已到达末尾，全部取到。", "Complete", "It reached the end; everything was taken."),
  partial: codeText(
    "不完整",
    "中途停止，未到达末尾；已取到的保留。",
    "Partial",
    "It stopped before the end; what it took is kept.",
  ),
  failed: codeText("失败", "没有取到任何内容。", "Failed", "Nothing could be taken."),
  suspicious: codeText(
    "可疑",
    "已到达末尾，但与该平台以往的数据不符；取到的保留，平台不因此算作完整；在认可最新一次可疑的采集，或重新读取而无缺失之前，以后的采集也是可疑的。",
    "Suspicious",
    "It reached the end, but what came does not fit what the platform sent before; it is kept, does not make the platform complete; later pulls are suspicious too until the newest one is accepted, or the same is read again and nothing is missing.",
  ),
  cancelled: codeText(
    "已取消",
    "由经办人取消；已取到的保留。",
    "Cancelled",
    "An operator cancelled it; what it had taken is kept.",
  ),
};

/** What a pull reads. */
export const PULL_KINDS = ["incremental", "probe", "backfill"] as const;
export type PullKind = (typeof PULL_KINDS)[number];

export const PULL_KIND_TEXTS: Readonly<Record<PullKind, CodeText>> = {
  incremental: codeText("增量", "从上次的位置读到末尾。", "Incremental", "From where the last one ended to the end."),
  probe: codeText(
    "回看",
    "增量采集，但回看到允许的最远处，以测量数据迟到多久；每天至多一次。",
    "Probe",
    "Incremental, but looking back as far as allowed, to measure how late rows come; once a day at most.",
  ),
  backfill: codeText(
    "补采",
    "重读若干天的更新；不移动采集位置，也不改变完整到何时。",
    "Back-fill",
    "Reads a range of days again; moves neither the position nor until when the platform is complete.",
  ),
};

/** What makes a pull suspicious. */
export const FINDING_CODES = ["rows_vanished", "day_emptied", "sudden_drop"] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

export const FINDING_TEXTS: Readonly<Record<FindingCode, CodeText>> = {
  rows_vanished: codeText(
    "记录消失",
    "重读的时段内，过多已有的记录没有再来；请向平台核实，确属删除的可认可本次采集。",
    "Records vanished",
    "Too many stored records of the range read again did not come; please ask the platform, and accept the pull if they were deleted on purpose.",
  ),
  day_emptied: codeText(
    "整日清空",
    "某一天以往有记录，现在一条也没有；请向平台核实，确属删除的可认可本次采集。",
    "Day emptied",
    "A day that had records now has none; please ask the platform, and accept the pull if they were deleted on purpose.",
  ),
  sudden_drop: codeText(
    "行数骤减",
    "重新送来的文件或整份清单的行数远少于上一次；请向平台核实，确属如此的可认可本次采集。",
    "Sudden drop",
    "A file that came again, or the whole listing, has far fewer rows than before; please ask the platform, and accept the pull if that is right.",
  ),
};

/** Whether pulls on schedule go. */
export const BREAKER_STATES = ["closed", "open", "half_open"] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

export const BREAKER_TEXTS: Readonly<Record<BreakerState, CodeText>> = {
  closed: codeText("正常", "定时采集照常进行。", "Closed", "Pulls on schedule go as ever."),
  open: codeText(
    "暂停",
    "平台连续失败，定时采集等到 retryAt；按需采集随时可行。",
    "Open",
    "The platform failed; pulls on schedule wait until retryAt, and pulls on demand always go.",
  ),
  half_open: codeText(
    "试探",
    "等待已满，下一次定时采集成功即恢复。",
    "Half open",
    "The wait is over; the next pull on schedule closes it if it succeeds.",
  ),
};

/** Why a record waits for an operator. */
export const REVIEW_REASONS = ["unclassified", "duplicate"] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

export const REVIEW_REASON_TEXTS: Readonly<Record<ReviewReason, CodeText>> = {
  unclassified: codeText("科目未定", "科目须由经办人认定。", "Unclassified", "Its subject is to be decided."),
  duplicate: codeText("重复成果", "可撤销重复认定。", "Duplicate", "It was taken for a duplicate; this can be undone."),
};
