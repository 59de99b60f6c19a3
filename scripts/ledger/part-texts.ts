import type { Text } from "@xueshi/contracts";
import type { VerifyPart } from "./verify/parts.ts";

/** What each part of a verification looks at. */
export const PART_TEXTS: Readonly<Record<VerifyPart, Text>> = {
  chain: { "zh-CN": "哈希链与链头", en: "hash chains and heads" },
  balances: { "zh-CN": "余额", en: "balances" },
  states: { "zh-CN": "记录状态与重复认定", en: "record states and settled duplicates" },
  postings: { "zh-CN": "入账单、批次与拉取标记", en: "postings, batches and marks of pulls" },
  feed: { "zh-CN": "总序与待编号的入账单", en: "the feed, and postings that wait for a position" },
  tree: { "zh-CN": "默克尔树", en: "the Merkle tree" },
  checkpoints: { "zh-CN": "检查点", en: "checkpoints" },
  decisions: { "zh-CN": "经办对重复的决定", en: "operators' decisions about duplicates" },
  names: { "zh-CN": "经办认可的姓名", en: "names that operators accepted" },
  rules: { "zh-CN": "规则的启用", en: "activations of rules" },
  records: { "zh-CN": "由已接收的版本与决定推算的记录", en: "records derived from what was admitted and decided" },
  verdicts: { "zh-CN": "保存的结论", en: "kept verdicts" },
};
