import { LEDGER_FINDING_TEXTS } from "@xueshi/contracts";
import type { LedgerFinding } from "@xueshi/domain";
import { type ExitCode, say, type VerbContext } from "../rules/verb.ts";
import { totalOf } from "./verify/tally.ts";
import type { VerifyReport } from "./verify/verify-database.ts";

export interface PrintedReport extends VerifyReport {
  /** Whether the signatures of checkpoints were looked at. */
  readonly isSigned: boolean;
  /** Only what came after so many entries was gone through; null: everything. */
  readonly sinceSize: number | null;
}

const instant = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

export function printJson(report: PrintedReport, { print }: VerbContext): ExitCode {
  const { sinceSize, people, entries, erased, tally, checkpoints, uncovered, unposted, derived, verdicts, isSigned } =
    report;
  const isSound = totalOf(tally) === 0;
  print(
    JSON.stringify({
      ...{ sound: isSound, since: sinceSize, people, entries, erased, unpostedBatches: unposted, derived, verdicts },
      checkpoints: { verified: checkpoints, signatures: isSigned ? "verified" : "not_verified" },
      uncovered: { entries: uncovered.entries, since: instant(uncovered.sinceMs) },
      counts: Object.fromEntries(tally.counts),
      findings: tally.first,
    }),
  );
  return isSound ? 0 : 1;
}

export function printReport(report: PrintedReport, context: VerbContext): ExitCode {
  const { people, entries, tally } = report;
  for (const finding of tally.first) for (const line of findingLines(finding, context)) context.print(line);
  for (const [code, count] of tally.counts) {
    const { title, message } = LEDGER_FINDING_TEXTS[code];
    context.print(`${context.paint("bold", `${code}: ${count}`)}  ${title[context.language]}`);
    context.print(`  ${message[context.language]}`);
  }
  for (const line of scopeLines(report, context)) context.print(line);
  context.print(coverageLine(report, context));
  const scope = say(context, `${people} 人，${entries} 条分录`, `${people} people, ${entries} entries`);
  const total = totalOf(tally);
  const isSound = total === 0;
  const said = isSound
    ? say(context, `${scope}；完好。`, `${scope}; sound.`)
    : say(context, `${scope}；${total} 处不符。`, `${scope}; findings: ${total}.`);
  context.print(context.paint(isSound ? "green" : "red", said));
  return isSound ? 0 : 1;
}

/** What was not looked at, and what was besides. */
function scopeLines({ sinceSize, unposted, derived, verdicts, erased }: PrintedReport, context: VerbContext): string[] {
  const lines: string[] = [];
  if (sinceSize !== null) {
    const en = `Only what came after the first ${sinceSize} entries, and the people it is about; of the others nothing was read.`;
    lines.push(say(context, `只核对了前 ${sinceSize} 条分录之后的部分及所涉人员；其余人员未读取。`, en));
  }
  if (unposted > 0) {
    lines.push(
      say(context, `${unposted} 个批次尚未入账，不计为不符。`, `batches not posted yet, and no findings: ${unposted}.`),
    );
  }
  if (derived === "rules_change") {
    const en = "The ledger is following new rules just now: records were not derived anew, try again later.";
    lines.push(say(context, "台账正按新规则重新归类：未重新推算记录，请稍后再试。", en));
  }
  if (derived === "rules_unreadable") {
    const en = "Rules in force cannot be read: records were not derived anew.";
    lines.push(say(context, "现行规则无法读取：未重新推算记录。", en));
  }
  if (derived === "yes" && erased > 0) {
    const en = `People who were erased: ${erased}; their records were not derived anew, for what they follow from is gone.`;
    lines.push(say(context, `已删除 ${erased} 人；其记录所据内容已清除，未重新推算。`, en));
  }
  if (derived === "yes" && verdicts === null) {
    const en = "Kept verdicts were not decided again: XUESHI_INDEX_KEY is not set.";
    lines.push(say(context, "未重算保存的结论：没有设置 XUESHI_INDEX_KEY。", en));
  }
  if (verdicts !== null) lines.push(say(context, `重算结论 ${verdicts} 份。`, `verdicts decided again: ${verdicts}.`));
  return lines;
}

/** What no checkpoint vouches for, always said: it is all that may have been changed with every hash made anew. */
function coverageLine({ checkpoints, uncovered, isSigned }: PrintedReport, context: VerbContext): string {
  const since = instant(uncovered.sinceMs);
  const [count, at] = [uncovered.entries, since ?? "-"];
  const tail = say(
    context,
    count === 0 ? "全部分录在检查点之内" : `检查点之后有 ${count} 条分录（自 ${at}）未受其保护`,
    count === 0 ? "covering every entry" : `after them ${count} entries (since ${at}) that none covers`,
  );
  const unsigned = isSigned ? "" : say(context, "，未验签名", ", signatures not verified");
  return say(
    context,
    `检查点 ${checkpoints} 个${unsigned}；${tail}。`,
    `checkpoints: ${checkpoints}${unsigned}; ${tail}.`,
  );
}

function findingLines({ code, table, key, field, expected, found }: LedgerFinding, context: VerbContext): string[] {
  const nothing = say(context, "（无）", "(none)");
  const [wanted, kept] = [say(context, "应为", "expected"), say(context, "实为", "found")];
  return [
    `${context.paint("red", code)} ${table} ${key}${field === null ? "" : ` ${field}`}`,
    `  ${wanted} ${expected ?? nothing}\n  ${kept} ${found ?? nothing}`,
  ];
}
