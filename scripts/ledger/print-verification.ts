import { LEDGER_FINDING_TEXTS } from "@xueshi/contracts/texts";
import type { LedgerFinding } from "@xueshi/domain";
import { type ExitCode, say, type VerbContext } from "../rules/verb.ts";
import { PART_TEXTS } from "./part-texts.ts";
import { partsBut, TABLES_OF_PART, type VerifyPart } from "./verify/parts.ts";
import { totalOf } from "./verify/tally.ts";
import type { VerifyReport } from "./verify/verify-database.ts";
import type { PartsReport } from "./verify/verify-parts.ts";

export interface PrintedReport extends VerifyReport {
  /** Whether the signatures of checkpoints were looked at. */
  readonly isSigned: boolean;
  /** Only what came after so many entries was gone through; null: everything. */
  readonly sinceSize: number | null;
}

const instant = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

/** @returns the exit code: 1 where anything was found */
export function printJson(report: PrintedReport, { print }: VerbContext): ExitCode {
  const { sinceSize, people, entries, erased, tally, checkpoints, uncovered, unposted, derived, verdicts, isSigned } =
    report;
  print(
    JSON.stringify({
      ...{ sound: totalOf(tally) === 0, since: sinceSize },
      ...{ people, entries, erased, unpostedBatches: unposted, derived, verdicts },
      parts: partsOf(report),
      checkpoints: { verified: checkpoints, signatures: isSigned ? "verified" : "not_verified" },
      uncovered: { entries: uncovered.entries, since: instant(uncovered.sinceMs) },
      ...findingsOf(report),
    }),
  );
  return exitCodeOf(report);
}

/** Of a run over some parts: it is never sound as a whole, so where nothing was found it is not said to be. */
export function printPartsJson(report: PartsReport, { print }: VerbContext): ExitCode {
  const { people, entries, erased, tally } = report;
  const sound = totalOf(tally) === 0 ? null : false;
  print(JSON.stringify({ sound, people, entries, erased, parts: partsOf(report), ...findingsOf(report) }));
  return exitCodeOf(report);
}

function partsOf({ leftOut }: Pick<PartsReport, "leftOut">) {
  const withTables = (part: VerifyPart) => ({ part, tables: TABLES_OF_PART[part] });
  return { verified: partsBut(leftOut), notVerified: leftOut.map(withTables) };
}

function findingsOf({ tally }: Pick<PartsReport, "tally">) {
  return { counts: Object.fromEntries(tally.counts), findings: tally.first };
}

function exitCodeOf({ tally }: Pick<PartsReport, "tally">): ExitCode {
  return totalOf(tally) === 0 ? 0 : 1;
}

export function printReport(report: PrintedReport, context: VerbContext): ExitCode {
  printFindings(report, context);
  for (const line of scopeLines(report, context)) context.print(line);
  context.print(coverageLine(report, context));
  return printEnd(report, say(context, "完好", "sound"), context);
}

/** As the report of a whole run, with what was left out. */
export function printPartsReport(report: PartsReport, context: VerbContext): ExitCode {
  printFindings(report, context);
  const { leftOut } = report;
  const named = (part: VerifyPart) => `${part} ${PART_TEXTS[part][context.language]}`;
  const looked = partsBut(leftOut).map(named);
  context.print(say(context, `只核对了：${looked.join("，")}。`, `Looked at: ${looked.join(", ")}.`));
  context.print(
    context.paint(
      "yellow",
      say(context, "未核对，其中的改动不会发现：", "Not looked at, so no change there is found:"),
    ),
  );
  for (const part of leftOut) context.print(`  ${named(part)}: ${TABLES_OF_PART[part].join(", ")}`);
  const sound = say(context, "所核对的部分完好，其余未核对", "what was looked at is sound, the rest was not looked at");
  return printEnd(report, sound, context);
}

function printFindings({ tally }: Pick<PartsReport, "tally">, context: VerbContext): void {
  for (const finding of tally.first) for (const line of findingLines(finding, context)) context.print(line);
  for (const [code, count] of tally.counts) {
    const { title, message } = LEDGER_FINDING_TEXTS[code];
    context.print(`${context.paint("bold", `${code}: ${count}`)}  ${title[context.language]}`);
    context.print(`  ${message[context.language]}`);
  }
}

function printEnd(report: PartsReport, sound: string, context: VerbContext): ExitCode {
  const { people, entries, tally } = report;
  const scope = say(context, `${people} 人，${entries} 条分录`, `${people} people, ${entries} entries`);
  const total = totalOf(tally);
  const isSound = total === 0;
  const said = isSound ? sound : say(context, `${total} 处不符`, `findings: ${total}`);
  context.print(context.paint(isSound ? "green" : "red", say(context, `${scope}；${said}。`, `${scope}; ${said}.`)));
  return exitCodeOf(report);
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
