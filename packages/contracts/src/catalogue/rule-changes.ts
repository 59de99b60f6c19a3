import { type CodeText, codeText } from "../language.ts";

/** How far the ledger is in following a change of the rules. */
export const RULE_CHANGE_STATES = ["running", "done", "superseded"] as const;
export type RuleChangeStateCode = (typeof RULE_CHANGE_STATES)[number];

export const RULE_CHANGE_STATE_TEXTS: Readonly<Record<RuleChangeStateCode, CodeText>> = {
  running: codeText(
    "进行中",
    "正按现行规则逐人核对已入账的记录，有差异的冲销后重新入账。",
    "Running",
    "Records that were posted before are being brought to the rules in force, person by person, by reversal and posting.",
  ),
  done: codeText("完成", "已入账的记录均与现行规则一致。", "Done", "Every posted record stands by those rules."),
  superseded: codeText(
    "已被取代",
    "完成之前规则又有变化，其余的并入下一次。",
    "Superseded",
    "The rules changed again before everybody was looked at; the next change looks at the rest.",
  ),
};
