import { type CodeText, codeText } from "../language.ts";

/** Why a kept verdict is not decided again as it was. */
export const REPLAY_TEXTS = {
  entries_missing: codeText(
    "缺少分录",
    "结论所依据的分录有缺失：账本在其截点之前少了分录。",
    "Entries are missing",
    "The chain that the verdict was cut from lacks an entry before the cut.",
  ),
  chain_altered: codeText(
    "分录链被改动",
    "截点之前的分录或其哈希与当时不同：账本被改动过。",
    "The chain was altered",
    "An entry before the cut, or its hash, is not what it was: the ledger was altered.",
  ),
  rules_not_found: codeText(
    "找不到当时的规则",
    "结论所依据的规则文本（按摘要）已不在账本中。",
    "The rules are gone",
    "The text of a rule set that the verdict rests on, by its digest, is not in the ledger any more.",
  ),
  rules_altered: codeText(
    "规则文本被改动",
    "规则文本与其摘要不符：文本被改动过。",
    "A rule text was altered",
    "The text of a rule set does not have its digest any more: it was altered.",
  ),
  rules_unreadable: codeText(
    "规则文本无法读取",
    "规则文本未被改动，但本版本无法读取其格式。",
    "A rule text cannot be read",
    "The text of a rule set is what it was, and this version of the product cannot read it.",
  ),
  rules_added_later: codeText(
    "规则被倒填",
    "有规则自称在结论之前早已启用，而当时并不存在：启用记录是后来补入的。",
    "Rules were dated back",
    "A rule set claims to have been active long before the verdict, and was not known then: its activation was added later.",
  ),
  marks_not_found: codeText(
    "找不到采集标记",
    "结论所依据的平台采集标记已不在账本中。",
    "A mark is gone",
    "A mark of a platform that the verdict rests on is not in the ledger any more.",
  ),
  marks_altered: codeText(
    "采集标记被改动",
    "平台采集标记与当时不同：被改动过。",
    "A mark was altered",
    "A mark of a platform is not what it was: it was altered.",
  ),
  marks_added_later: codeText(
    "采集标记被倒填",
    "有采集标记自称早于结论，而当时并不存在：是后来补入的。",
    "Marks were dated back",
    "A mark of a platform claims to be older than the verdict by far, and was not known then: it was added later.",
  ),
  seal_broken: codeText(
    "封印不符",
    "保存的结论与其封印不符：该行被改动过，或不是本系统以此密钥保存的。",
    "The seal is broken",
    "The kept verdict does not have its seal: it was altered, or was not kept by this installation with this key.",
  ),
  decision_differs: codeText(
    "结论不同",
    "以同样的分录、规则与标记重算，得出的结论与保存的不同：保存的结论被改动过，或计算方法已改变。",
    "Another decision",
    "The same entries, rules and marks give another decision: the kept one was altered, or the evaluation has changed.",
  ),
  answer_altered: codeText(
    "答复被改动",
    "保存的答复与结论不符：答复被改动过。",
    "The answer was altered",
    "The kept answer does not say what the decision says: it was altered.",
  ),
  decision_unreadable: codeText(
    "保存的结论无法读取",
    "保存的结论不是任何版本所写的内容。",
    "The decision cannot be read",
    "What is kept as the decision is nothing that any version of the product has written.",
  ),
  format_unknown: codeText(
    "格式版本不同",
    "结论由另一版本的系统保存，本版本不能重算；答复原文仍可读取。",
    "Another format",
    "The verdict was kept in the format of another version, which this one cannot decide again; its answer can still be read.",
  ),
  knowledge_not_recorded: codeText(
    "当时所知未记录",
    "结论保存于记录所依据的规则与标记之前，其时前后又恰有变更，无法确知当时所知；别无异常。",
    "Not recorded what was known",
    "The verdict is from before its rules and marks were recorded, and something changed just then: what it rests on is not certain. Nothing else is wrong.",
  ),
  erased: codeText(
    "个人信息已删除",
    "该人的个人信息已依法删除，不再为其重算；对整个账本的校验仍包括这一结论。",
    "The personal data were erased",
    "The personal data were erased by law, and nothing is decided again for whoever asks. The verification of the whole ledger still includes the verdict.",
  ),
} as const satisfies Record<string, CodeText>;
export type ReplayCode = keyof typeof REPLAY_TEXTS;
export const REPLAY_CODES = Object.keys(REPLAY_TEXTS) as [ReplayCode, ...ReplayCode[]];
