import type { CorrectionKind, DuplicateDecisionKind, RevocationCode } from "@xueshi/domain";
import { type CodeText, codeText } from "../language.ts";

/** Why an operator corrects records; each kind is the stable reason of the entries that follow from it. */
export const CORRECTION_KIND_TEXTS: Readonly<Record<CorrectionKind, CodeText>> = {
  withdrawal: codeText(
    "撤回",
    "由经办人代来源撤回，不再计入；来源以后再报也不恢复。",
    "Withdrawal",
    "An operator withdraws it in its source's place; it counts no more, whatever the source sends later.",
  ),
  fraud_revocation: codeText(
    "弄虚作假撤销",
    "因弄虚作假撤销学时；须有依据文件，来源以后再报也不恢复。",
    "Revocation for fraud",
    "Its hours are revoked for fraud; a document is needed, and nothing that the source sends later revives them.",
  ),
  administrative_error: codeText(
    "登记差错",
    "因办理差错而误登的学时，予以撤销；须有依据文件。",
    "Administrative error",
    "Its hours were registered by an error of administration and are taken back; a document is needed.",
  ),
  correction: codeText(
    "更正",
    "更正学时、年度、日期等内容；须有依据文件。来源自己改报了这一项的，以来源为准。",
    "Correction",
    "Hours, year, date or the like are put right; a document is needed. Where the source itself says another value later, the source stands.",
  ),
  reclassification: codeText(
    "改认科目",
    "改认科目，学时不变；来源以后再报，仍按此认定。",
    "Reclassification",
    "It gets another subject; its hours stay, and the subject holds for later versions too.",
  ),
};

/** What an operator says of records of one person; each kind is the stable reason of the entries that follow from it. */
export const DUPLICATE_DECISION_TEXTS: Readonly<Record<DuplicateDecisionKind, CodeText>> = {
  same_achievement: codeText(
    "同一成果",
    "经办人认定这些记录为同一成果，只计学时最高的一条。",
    "One achievement",
    "An operator says that these records are one achievement; the one with the most hours counts.",
  ),
  distinct_achievements: codeText(
    "不同成果",
    "经办人认定这些记录各为不同成果，互不视为重复。",
    "Distinct achievements",
    "An operator says that these records are different achievements; none is a duplicate of another.",
  ),
};

/** Why the hours of a record were taken back by an operator. */
export const REVOCATION_TEXTS: Readonly<Record<RevocationCode, CodeText>> = {
  revoked_for_fraud: codeText(
    "因弄虚作假撤销",
    "因弄虚作假，学时已撤销，不计入；有异议请向经办人提出。",
    "Revoked for fraud",
    "Its hours were revoked for fraud and do not count; please turn to the operator if you object.",
  ),
  administrative_error: codeText(
    "因登记差错撤销",
    "该学时系登记差错，已撤销，不计入；有异议请向经办人提出。",
    "Revoked as an administrative error",
    "Its hours were registered by an error of administration and were taken back; please turn to the operator if you object.",
  ),
  withdrawn_by_operator: codeText(
    "经办人已撤回",
    "经办人已代来源撤回，不计入。",
    "Withdrawn by an operator",
    "An operator withdrew it in its source's place; it does not count.",
  ),
};

/** How far a correction is. */
export const CORRECTION_STATES = ["proposed", "applied", "cancelled", "undo_proposed", "undone"] as const;
export type CorrectionState = (typeof CORRECTION_STATES)[number];

export const CORRECTION_STATE_TEXTS: Readonly<Record<CorrectionState, CodeText>> = {
  proposed: codeText(
    "待执行",
    "已提出并预览，尚未改动任何内容；核对后执行或取消。",
    "Proposed",
    "It is proposed and previewed, and nothing is changed yet; look at it, then apply or cancel it.",
  ),
  applied: codeText(
    "已执行",
    "已全部入账；本人信息已删除的记录除外，数目见 preview.erased。",
    "Applied",
    "All of it is posted, but of people who were erased: `preview.erased` counts their records.",
  ),
  cancelled: codeText("已取消", "已取消，未改动任何内容。", "Cancelled", "It was cancelled and changed nothing."),
  undo_proposed: codeText(
    "撤销待确认",
    "已提出撤销，须由另一位经办人再次提交撤销；在此之前仍然有效。",
    "Undo proposed",
    "Somebody proposed to take it back; it is in force until another holder asks for the same.",
  ),
  undone: codeText(
    "已撤销",
    "已全部撤销，恢复如初；本人信息已删除的记录除外，数目见 preview.erased。",
    "Undone",
    "All of it is taken back, but of people who were erased: `preview.erased` counts their records.",
  ),
};

/** What a preview says of one record. */
export const CORRECTION_OUTCOME_TEXTS = {
  changes: codeText("将改动", "执行后将有变化。", "Changes", "It would stand otherwise."),
  unchanged: codeText(
    "已是如此",
    "现状已是如此，不另入账；此后来源再报，亦按此执行。",
    "Unchanged",
    "It is so already, so nothing is posted; the correction holds for what comes later.",
  ),
  follows: codeText(
    "随之变化",
    "不在所指记录之中，因同一成果等缘故随之变化。",
    "Follows",
    "It is not named and changes with one that is, for instance as the same achievement.",
  ),
  erased: codeText(
    "本人信息已删除",
    "本人的个人信息已依法删除，台账中不再入账，维持删除时的状态。",
    "The person was erased",
    "The personal data of whoever it was of were erased by law; nothing is posted of it any more, and it stays as it was then.",
  ),
} as const satisfies Record<string, CodeText>;

const problem = (status: number, ...texts: Parameters<typeof codeText>) => ({ status, ...codeText(...texts) });

export const CORRECTION_PROBLEMS = {
  correction_not_found: problem(
    404,
    "没有这项更正",
    "没有这项更正；编号见提出时的回答或 GET /v1/corrections。",
    "No such correction",
    "There is no such correction; ids are in the answer to its proposal and in GET /v1/corrections.",
  ),
  second_holder_required: problem(
    403,
    "须由另一位经办人执行",
    "此类更正须由提出者以外的经办人执行或撤销；请另一位经办人以其密钥提交。",
    "Another holder is needed",
    "This kind of correction is applied, or taken back, by the holder of another key than the one that proposed it.",
  ),
  correction_state_conflict: problem(
    409,
    "更正的状态不允许",
    "该更正已执行、已取消或已撤销，不能再作此操作；请先查看其状态。",
    "The correction is not in that state",
    "The correction was applied, cancelled or taken back already, so this cannot be done; look at its state first.",
  ),
  correction_outdated: problem(
    409,
    "情况已变",
    "预览之后所涉记录有了变化，未作任何改动；已重新预览，请核对后再执行。",
    "The records have changed",
    "Records of the correction changed after its preview, so nothing was done; a fresh preview is there to be looked at.",
  ),
  correction_records_unknown: problem(
    422,
    "有记录不存在",
    "所列的部分记录在台账中不存在，位置见 errors；请核对 recordKey。",
    "Some records are not known",
    "Some of the named records are not in the ledger, see errors; please check their keys.",
  ),
  duplicate_decision_not_found: problem(
    404,
    "没有这项重复认定",
    "没有这项重复认定；编号见提出时的回答或 GET /v1/duplicates/decisions。",
    "No such decision of duplicates",
    "There is no such decision; ids are in the answer to its proposal and in GET /v1/duplicates/decisions.",
  ),
  duplicates_not_standing: problem(
    422,
    "有记录没有入账的内容",
    "所列的部分记录只有被拒或待处理的内容，尚无归属；请先处理这些内容。",
    "Some records do not stand",
    "Of some of the records only refused or held rows came, so it is open whose they are; please settle those first.",
  ),
  duplicates_across_people: problem(
    422,
    "记录不属于同一人",
    "一组之内的记录属于不同的人，不可能是同一成果，也无须认定为不同；编号有误的，请先合并人员或核对 recordSets。",
    "The records are of different people",
    "Records of one set are of different people, so they are not one achievement and need no decision; merge people first where an id is wrong, or check recordSets.",
  ),
  duplicates_across_authorities: problem(
    422,
    "记录不登记在同一平台",
    "一组之内的记录登记在不同的平台，各平台之间互不比较重复，不能作此认定。",
    "The records are on different platforms of record",
    "Records of one set register for different platforms of record, between which duplicates are not compared, so nothing can be decided.",
  ),
  duplicates_contradict: problem(
    409,
    "与已有的认定相反",
    "已有生效的认定与此相反（直接或经由其他记录）；请先撤销该认定，见 GET /v1/duplicates/decisions。",
    "Another decision says otherwise",
    "A decision in force says otherwise, of these records or by way of others; take it back first, see GET /v1/duplicates/decisions.",
  ),
  correction_too_large: problem(
    422,
    "涉及记录过多",
    "符合条件的记录超过一项更正的上限（10,000 条）；请缩小条件，分几次进行。",
    "Too many records",
    "More records fit than one correction may name (10,000); please narrow the filter and do it in parts.",
  ),
};
