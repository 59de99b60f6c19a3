import { type CodeText, codeText } from "../language.ts";

/** How far a batch is: its records are acknowledged while `pending` and in the ledger when `posted`. */
export const BATCH_STATES = ["pending", "posted"] as const;
export type BatchState = (typeof BATCH_STATES)[number];

export const BATCH_STATE_TEXTS: Readonly<Record<BatchState, CodeText>> = {
  pending: codeText("待入账", "已接收，正待入账。", "Pending", "It was taken in and waits to be posted."),
  posted: codeText("已入账", "批次中的记录都已入账。", "Posted", "All its records are in the ledger."),
};

export const PULL_STATES = ["queued", "running", "complete", "partial", "failed"] as const;
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
};

/** Why a record waits for an operator. */
export const REVIEW_REASONS = ["unclassified", "duplicate"] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

export const REVIEW_REASON_TEXTS: Readonly<Record<ReviewReason, CodeText>> = {
  unclassified: codeText("科目未定", "科目须由经办人认定。", "Unclassified", "Its subject is to be decided."),
  duplicate: codeText("重复成果", "可撤销重复认定。", "Duplicate", "It was taken for a duplicate; this can be undone."),
};
