import type { VerdictResponse } from "@xueshi/contracts";
import type { CheckTotals } from "./check-declarations.ts";
import type { PullResult } from "./first-pull.ts";
import type { Summaries } from "./summarise.ts";

const ROW_WORDS: readonly (readonly [code: string, word: string])[] = [
  ["accepted", "新收 accepted"],
  ["superseded", "更新 superseded"],
  ["unchanged", "无变化 unchanged"],
  ["conflict", "版本冲突 conflict"],
  ["history", "旧版本 history"],
  ["identity_conflict", "暂挂：姓名不符 held: identity_conflict"],
  ["id_invalid", "拒收：证件号 refused: id_invalid"],
  ["hours_invalid", "拒收：学时 refused: hours_invalid"],
  ["record_invalid", "拒收：格式 refused: record_invalid"],
  ["date_invalid", "拒收：日期 refused: date_invalid"],
  ["year_invalid", "拒收：年度 refused: year_invalid"],
  ["status_invalid", "拒收：状态 refused: status_invalid"],
  ["update_time_invalid", "拒收：更新时间 refused: update_time_invalid"],
];
const STATE_WORDS: readonly (readonly [code: string, word: string])[] = [
  ["registered", "已登记 registered"],
  ["not_registered", "未登记 not_registered"],
  ["unclassified", "待归类 unclassified"],
  ["duplicate", "重复 duplicate"],
  ["withdrawn", "已撤回 withdrawn"],
  ["held", "暂挂 held"],
];

type Print = (line: string) => void;

/** What came from each platform and what became of it. */
export function printPlatforms(
  pulls: readonly PullResult[],
  { summary, reread, ledger }: Summaries,
  print: Print,
): void {
  for (const { platform, state, reason } of pulls) {
    const { rows = {}, records = {} } = summary[platform] ?? {};
    const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
    print("");
    print(
      `${platform}: ${state}${reason === null ? "" : ` (${reason})`}, ${total} 行 rows, ${reread[platform] ?? 0} reread`,
    );
    print(`  行 rows     ${words(ROW_WORDS, rows)}`);
    print(`  记录 records ${words(STATE_WORDS, records)}`);
  }
  print("");
  print(
    `账本 ledger: ${ledger.practitioners} 人 people, ${ledger.entries} 笔 entries, ${ledger.waitingForReview} 待处理 waiting for review`,
  );
}

function words(list: readonly (readonly [string, string])[], counts: Readonly<Record<string, number>>): string {
  const known = list.flatMap(([code, word]) => (counts[code] === undefined ? [] : [`${word} ${counts[code]}`]));
  const others = Object.entries(counts).filter(([code]) => !list.some(([listed]) => listed === code));
  return [...known, ...others.map(([code, count]) => `${code} ${count}`)].join(" · ") || "无 none";
}

/** How many declarations are met, not met and unknown, and one verdict in full. */
export function printVerdicts(totals: CheckTotals, print: Print): void {
  const { verdicts, reasons, refused, example } = totals;
  print("");
  print(
    `申报 declarations: 符合 met ${verdicts.met ?? 0} · 不符合 not met ${verdicts.not_met ?? 0} · 无法判定 unknown ${verdicts.unknown ?? 0}${refused > 0 ? ` · 输入有误 refused ${refused}` : ""}`,
  );
  const unknown = Object.entries(reasons).map(([code, count]) => `${code} ${count}`);
  if (unknown.length > 0) print(`  unknown because: ${unknown.join(" · ")}`);
  if (example !== null) printExample(example, print);
}

const UNCOUNTED_SHOWN_MAX = 8;

function printExample(answer: VerdictResponse & { id: string }, print: Print): void {
  print("");
  print(`例 one verdict explained (${answer.id}): ${answer.verdict}`);
  if (answer.ruleSet !== null) {
    const { document, clause } = answer.ruleSet.citation;
    print(`  依据 rule: ${document} ${clause}, 年度 window ${answer.window?.years.join("–") ?? "-"}`);
  }
  if (answer.authority !== null)
    print(`  登记平台 authority: ${answer.authority.platforms.join(", ")} (${answer.authority.mode})`);
  for (const { id, have, need, gap, outcome, citation } of answer.requirements) {
    print(
      `  ${outcome === "met" ? "✓" : "✗"} ${id}: have ${have}, need ${need}, gap ${gap}  [${citation.document} ${citation.clause}]`,
    );
  }
  for (const { message } of answer.reasons) print(`  原因 reason: ${message}`);
  for (const year of answer.years) {
    print(
      `  ${year.year}: 专业 ${year.professional} + 行业公需 ${year.industryCommon} + 一般公需 ${year.generalCommon} = ${year.total}`,
    );
  }
  for (const { message } of answer.notices) print(`  提示 notice: ${message}`);
  print(`  计入 counted: ${answer.counted.length} records; 未计入 not counted: ${answer.uncounted.length}`);
  for (const { recordId, platform, hours, code } of answer.uncounted.slice(0, UNCOUNTED_SHOWN_MAX)) {
    print(`    - ${recordId} (${platform}) ${hours ?? "?"} 学时: ${code}`);
  }
  const more = answer.uncounted.length - UNCOUNTED_SHOWN_MAX;
  if (more > 0) print(`    … ${more} more`);
  print(`  截止 cut: sequence ${answer.cut.sequence}, known at ${answer.knownAt}`);
}
