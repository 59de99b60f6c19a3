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
  record_posted_twice: codeText(
    "一条记录重复入账",
    "同一记录的同一位置已有未冲销的分录，又入账一次。",
    "A record is posted twice",
    "A record stands already, and was posted once more without a reversal.",
  ),
  head_differs: codeText(
    "链头与分录不符",
    "链头应为该人员最后一条分录；链头被改动，或末尾的分录被删除。",
    "A head is not the end of its chain",
    "The head is the person's last entry; it was changed, or entries at the end were taken out.",
  ),
  posting_differs: codeText(
    "入账单与分录不符",
    "入账单的分录数、事由、经办、时间与批次须与它的分录、批次一致。",
    "A posting does not fit its entries",
    "A posting says how many entries it has, why, by whom, when and of which batch; its entries or its batch say otherwise.",
  ),
  mark_differs: codeText(
    "拉取标记与批次不符",
    "每次拉取的最后一批入账时记下平台数据截至何时；该标记与批次不一致，或其一缺失。",
    "The mark of a pull does not fit its batches",
    "When the last batch of a pull is posted it is said how far the platform was complete; the mark and the batch say otherwise, or one of them is missing.",
  ),
  feed_differs: codeText(
    "总序与分录不符",
    "每条分录须在总序或待编号的入账单中恰好出现一次，同一人员的分录依链的次序，位置连续。",
    "The feed does not fit the entries",
    "Every entry stands once in the feed, or in what waits for it, those of a person in the order of their chain, and positions have no gaps.",
  ),
  tree_differs: codeText(
    "默克尔树与分录不符",
    "树的这一块与按总序排列的分录哈希不一致：分录、总序或树被改动过。",
    "The Merkle tree does not fit the entries",
    "This tile of the tree is not what the hashes of the entries in the order of the feed come to: entries, feed or tree were changed.",
  ),
  checkpoint_not_signed: codeText(
    "检查点的签名无效",
    "检查点不是用给定的密钥签署的，或签署之后被改动过。",
    "A checkpoint's signature is not valid",
    "The checkpoint was not signed with the given key, or was changed afterwards.",
  ),
  checkpoint_differs: codeText(
    "台账与检查点不符",
    "按检查点的大小重算的根与它所载的不同：在此之前入账的分录被改动、删除或插入过。",
    "The ledger is not what the checkpoint says",
    "A root made anew at the checkpoint's size is another one: entries that it covers were changed, taken out or put in.",
  ),
  balance_differs: codeText(
    "余额与分录不符",
    "余额应为计入分录之和；可由分录重建。",
    "A balance is not the sum of its entries",
    "A balance is the sum of the entries that count; it can be rebuilt from them.",
  ),
  record_state_differs: codeText(
    "记录状态与分录不符",
    "记录状态应与未冲销的分录一致；可由分录重建。",
    "A record state is not what its chain says",
    "A record stands by the posting that nothing took back; the state can be rebuilt from the entries.",
  ),
  duplicate_differs: codeText(
    "重复认定与规则不符",
    "同一成果只计一次，学时最高者计入；这一组记录并非如此。",
    "Duplicates are not settled as the rule says",
    "Of one achievement the record with the most hours counts and the others do not; in this group it is otherwise.",
  ),
  duplicate_decision_differs: codeText(
    "重复认定的决定与经办过程不符",
    "经办人对重复的认定，与其提出、执行、撤销的记载不一致：其中之一在之后被改动、删除或插入过。",
    "A decision about duplicates is not what was proposed and applied",
    "What is kept of an operator's decision about duplicates differs from what was proposed, applied or taken back: one of them was changed, removed or put in later.",
  ),
  standing_differs: codeText(
    "记录与已接收的内容或决定不符",
    "按已接收的各版本、经办决定、合并与科目表重新推算，记录应是另一种状态：其中之一在入账之后被改动、删除或插入过。",
    "A record stands otherwise than what was admitted and decided says",
    "Derived anew from versions, decisions, merges and catalogues the record stands otherwise: one of them, or the posting, was changed, taken out or put in.",
  ),
  name_differs: codeText(
    "姓名与链中所载不符",
    "人员登记的姓名摘要与其链中最后载明的不同：其中之一被改动过。",
    "A name is not what the chain says",
    "The digest of a person's known name is not the last one that the chain states: one of them was changed.",
  ),
  entry_after_erasure: codeText(
    "删除之后又有分录",
    "个人信息删除后其链即告终结，其后不应再有分录。",
    "An entry follows an erasure",
    "The chain of somebody who was erased has ended; nothing may follow.",
  ),
  alias_differs: codeText(
    "接受的姓名与经办决定不符",
    "经办人接受某条以其他姓名到达的记录时，记下该姓名；该姓名、所据的行或决定在之后被改动、删除或插入过。",
    "An accepted name does not fit the decision that accepted it",
    "An operator who accepts a row under another name accepts that name, until the decision is taken back; the name, the row or the decision was changed, removed or put in later.",
  ),
  erasure_differs: codeText(
    "删除的记载不符",
    "删除的登记与链中最后一条分录不一致，或已删除的人仍有身份信息：其中之一被改动、删除或插入过。",
    "An erasure is not what the chain says",
    "The tombstone of somebody who was erased is not what the last entry of the chain says, or who that is can still be read: one of them was changed, taken out or put in.",
  ),
  activation_differs: codeText(
    "规则启用记录与其文本不符",
    "启用记录的摘要、编号须与全文一致，且全文可解析。",
    "An activation is not what its text says",
    "The digest and the id of an activation follow from its full text, which can be read; this one was changed.",
  ),
  verdict_differs: codeText(
    "保存的结论与重算不符",
    "按结论所载的时点重算，得到的不是保存的内容；详见 /v1/verdicts/{verdictId}/replay。",
    "A kept verdict is not what comes out again",
    "Decided again at the cut that it names, the verdict is another one, or its row was changed; /v1/verdicts/{verdictId}/replay says where.",
  ),
};
