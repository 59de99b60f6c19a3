import type { LedgerFindingCode } from "@xueshi/domain";
import { type CodeText, codeText } from "../language.ts";

/** What the verification of a ledger can find: what it means, and what to do. */
export const LEDGER_FINDING_TEXTS: Readonly<Record<LedgerFindingCode, CodeText>> = {
  entry_hash_differs: codeText(
    "分录的哈希不符",
    "分录的内容与它的哈希不一致：这条分录在入账之后被改动过。请保留现场，与所存的检查点和备份核对。",
    "An entry's hash does not follow",
    "What the entry says and its hash disagree: it was changed after it was posted. Keep the database as it is, and compare it with kept checkpoints and backups.",
  ),
  entry_out_of_sequence: codeText(
    "分录序号不连续",
    "同一人员的分录序号应为 1、2、3……：有分录被删除或插入。",
    "Entries are not numbered one by one",
    "A person's entries are numbered 1, 2, 3 …: entries were taken out or put in.",
  ),
  entry_time_runs_back: codeText(
    "入账时间倒退",
    "同一人员后一条分录的入账时间不得早于前一条，且为整毫秒。",
    "The time of an entry runs backwards",
    "A person's later entry is never recorded before an earlier one, and always at a whole millisecond.",
  ),
  reversal_wrong: codeText(
    "冲销与原分录不符",
    "冲销须恰好冲回一条尚未冲销的分录，各项相同，学时相反。",
    "A reversal does not fit its posting",
    "A reversal takes back exactly one standing posting, with the same fields and the negated hours.",
  ),
  head_differs: codeText(
    "链头与分录不符",
    "链头应为该人员最后一条分录；链头被改动，或末尾的分录被删除。",
    "A head is not the end of its chain",
    "The head is the person's last entry; it was changed, or entries at the end were taken out.",
  ),
};
