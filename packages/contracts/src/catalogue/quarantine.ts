import { type CodeText, codeText } from "../language.ts";

/** Why rows are kept apart for an operator. */
export const QUARANTINE_KINDS = ["refused", "held", "conflict", "flagged"] as const;
export type QuarantineKind = (typeof QUARANTINE_KINDS)[number];

export const QUARANTINE_KIND_TEXTS: Readonly<Record<QuarantineKind, CodeText>> = {
  refused: codeText(
    "未接收",
    "内容有误未被接收；可凭文件更正，或确认不予接收。",
    "Refused",
    "Refused because of its content; it can be corrected on the strength of a document, or refused for good.",
  ),
  held: codeText(
    "暂挂",
    "姓名不符或内容存疑，暂不计入；可认可、更正或不予认可。",
    "Held",
    "Its name does not match or its content is not plausible; it can be accepted, corrected or refused.",
  ),
  conflict: codeText(
    "版本冲突",
    "同一更新时间另有学时较少的内容有效；认可此行，则以此行为准。",
    "Conflict",
    "Another content of the same update time stands, because it has fewer hours; where this one is accepted, it stands.",
  ),
  flagged: codeText(
    "有提示",
    "照常计入，但有不合常理之处；认可即表示已核实。",
    "Flagged",
    "It counts, but something about it is odd; to accept it says that somebody looked.",
  ),
};

/** Why a row of a bulk decision was not decided of. */
export const NOT_DECIDED_TEXTS = {
  row_not_found: codeText(
    "没有这一行",
    "没有以此编号等待决定的行。",
    "No such row",
    "No row with this id waits for a decision.",
  ),
  decided_otherwise: codeText(
    "已有其他决定",
    "此行已有另一决定；请先撤销。",
    "Decided otherwise",
    "The row was decided otherwise; take that back first.",
  ),
  cannot_accept_refused: codeText(
    "不能直接认可",
    "未被接收的行不能直接认可；请更正，或确认不予接收。",
    "Cannot be accepted",
    "A refused row cannot be accepted as it is; correct it, or refuse it for good.",
  ),
  erased: codeText(
    "本人信息已删除",
    "此行所涉人员的个人信息已依法删除，不再作决定。",
    "The person was erased",
    "The personal data of the person whom the row is about, or would be about, were erased by law; nothing is decided any more.",
  ),
} as const satisfies Record<string, CodeText>;
export type NotDecidedCode = keyof typeof NOT_DECIDED_TEXTS;
