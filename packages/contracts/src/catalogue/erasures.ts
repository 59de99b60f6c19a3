import { type CodeText, codeText } from "../language.ts";

/** Why the personal data of somebody are erased: the cases of 《个人信息保护法》第四十七条第一款, one to one. Closed list. */
export const ERASURE_REASONS = [
  "purpose_ended",
  "retention_ended",
  "consent_withdrawn",
  "processing_unlawful",
  "law_requires",
] as const;
export type ErasureReason = (typeof ERASURE_REASONS)[number];

export const ERASURE_REASON_TEXTS: Readonly<Record<ErasureReason, CodeText>> = {
  purpose_ended: codeText(
    "处理目的已实现",
    "处理目的已实现、无法实现或者为实现处理目的不再必要（第一项）。",
    "Purpose has ended",
    "The purpose is achieved, cannot be achieved, or does not need the data any more (item 1).",
  ),
  retention_ended: codeText(
    "停止提供或保存期限已届满",
    "停止提供产品或者服务，或者保存期限已届满（第二项）。",
    "Retention has ended",
    "The service is no longer provided, or the time for which the data are kept is over (item 2).",
  ),
  consent_withdrawn: codeText(
    "个人撤回同意",
    "个人撤回同意（第三项）。",
    "Consent is withdrawn",
    "The person withdrew consent (item 3).",
  ),
  processing_unlawful: codeText(
    "违法或违约处理",
    "违反法律、行政法规或者违反约定处理个人信息（第四项）。",
    "Processing was unlawful",
    "The data were processed against the law or against what was agreed (item 4).",
  ),
  law_requires: codeText(
    "法律、行政法规规定的其他情形",
    "法律、行政法规规定的其他情形（第五项）。",
    "Another law requires it",
    "Another case that a law or administrative regulation names (item 5).",
  ),
};

/** How far an erasure is. */
export const ERASURE_STATES = ["proposed", "running", "done", "cancelled"] as const;
export type ErasureState = (typeof ERASURE_STATES)[number];

export const ERASURE_STATE_TEXTS: Readonly<Record<ErasureState, CodeText>> = {
  proposed: codeText("待执行", "已提出，尚未执行。", "Proposed", "It is proposed, and nothing is done yet."),
  running: codeText(
    "清除中",
    "已删除：不再接收其记录，也不再提供；正在逐一清除所存的原始内容。",
    "Being cleared away",
    "The person is erased: records are refused and nothing is answered; what is kept as it came is being cleared.",
  ),
  done: codeText("已完成", "身份与原始内容均已清除。", "Done", "Identity and raw content are gone."),
  cancelled: codeText("已取消", "未执行即已取消。", "Cancelled", "It was given up before anything was done."),
};

function problem(status: number, titleZh: string, messageZh: string, titleEn: string, messageEn: string) {
  return { status, ...codeText(titleZh, messageZh, titleEn, messageEn) };
}

/** Problems that only erasures have, and the one that everything else has with somebody who was erased. */
export const ERASURE_PROBLEMS = {
  erased: problem(
    410,
    "个人信息已删除",
    "其个人信息已依法删除，不再提供，也不再处理；账中只留不含身份的分录。",
    "The personal data were erased",
    "The personal data were erased by law: nothing is answered about them and nothing is done with them any more. What stays in the ledger are entries that name nobody.",
  ),
  erasure_not_found: problem(
    404,
    "没有这项删除",
    "没有此编号的删除。",
    "No such erasure",
    "There is no erasure with this id.",
  ),
  erasure_state_conflict: problem(
    409,
    "已作决定",
    "此项删除已执行或已取消；执行后不能撤销。",
    "It was decided already",
    "The erasure was applied or cancelled; one that was applied cannot be taken back.",
  ),
  erasure_person_differs: problem(
    409,
    "不是同一人",
    "所填人员与提出删除时的不是同一人；请对照依据文件核对后再执行，或取消后重新提出。",
    "Another person is meant",
    "The person named here is not the one of the proposal; compare both with the document, then apply it, or cancel it and propose anew.",
  ),
  erasure_outdated: problem(
    409,
    "提出后已有变化",
    "提出后有人并入其中或已分开；请取消后重新提出。",
    "It changed since it was proposed",
    "Somebody was merged into the person, or out again, since it was proposed; cancel it and propose anew.",
  ),
  erasure_of_merged: problem(
    409,
    "已并入他人",
    "该证件号码已并入另一人；请对并入后的人提出删除，将一并删除。",
    "It is merged into somebody",
    "This id is merged into somebody else; erase that person, and this one is erased with them.",
  ),
} as const;
