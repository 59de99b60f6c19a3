import { readFile } from "node:fs/promises";
import { WrongUsage } from "../rules/verb.ts";

/** What a column of totals may be called. */
const HEADERS: Readonly<Record<string, "from" | "until" | "day" | "records" | "hours">> = {
  from: "from",
  until: "until",
  day: "day",
  records: "records",
  hours: "hours",
  起始日期: "from",
  截止日期: "until",
  日期: "day",
  条数: "records",
  学时: "hours",
};

/**
 * Reads the totals of a platform from a CSV in UTF-8 without quotes: a header, then a line per period or day.
 * @returns the field `totals` of a reconciliation; throws `WrongUsage` naming the line at fault
 */
export async function readTotals(path: string): Promise<object[]> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) throw new WrongUsage(`读不到 ${path}。`, `${path} cannot be read.`);
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const names = (lines[0] ?? "").split(",").map((name) => HEADERS[name.trim()]);
  const columnOf = (name: string) => names.indexOf(name as never);
  const hasDays = columnOf("day") >= 0 || (columnOf("from") >= 0 && columnOf("until") >= 0);
  if (!hasDays || columnOf("records") < 0 || columnOf("hours") < 0) {
    throw new WrongUsage(
      `${path} 的表头须有 from,until（或 day）,records,hours。`,
      `The header of ${path} must have from,until (or day),records,hours.`,
    );
  }
  return lines.slice(1).flatMap((line, index) => {
    if (line.trim() === "") return [];
    const cells = line.split(",").map((cell) => cell.trim());
    const at = (name: string) => cells[columnOf(name)] ?? "";
    const [records, hours] = [Number(at("records")), Number(at("hours"))];
    const [from, until] = columnOf("day") >= 0 ? [at("day"), at("day")] : [at("from"), at("until")];
    if ([at("records"), at("hours"), from, until].includes("") || Number.isNaN(records + hours)) {
      throw new WrongUsage(`${path} 第 ${index + 2} 行有误。`, `Line ${index + 2} of ${path} is wrong.`);
    }
    return [{ from, until, records, hours }];
  });
}
