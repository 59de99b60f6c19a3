import { createHash } from "node:crypto";
import type { CityListing, CityRow } from "./city-listing.ts";
import type { TestRequest } from "./test-server.ts";

/** What a platform answers of one record; written by the page of the protocol alone. */
interface AnsweredRecord {
  readonly recordId: string;
  readonly updateTime: string;
  readonly hours: number | string | null;
  readonly status: string | null;
}

const WORDS: Readonly<Record<string, string>> = { "1": "pending", "2": "pending", "3": "final", "9": "withdrawn" };
const PAGE_ROWS = 3;

/** The city's answers to the protocol, over the rows that it lists: of each record the last version. */
export function answerReconciliation(request: TestRequest, listing: Pick<CityListing, "rows">): unknown {
  const { path, query } = request;
  if (path === "/api/reconciliation/days") {
    const days = sumDays(current(listing.rows), query.get("from") ?? "", query.get("until") ?? "");
    return { code: 0, data: { days } };
  }
  if (path !== "/api/reconciliation/records") return undefined;
  const ids = query.get("recordIds")?.split("\n");
  const records = current(listing.rows)
    .filter((row) => (ids === undefined ? dayOf(row) === query.get("day") : ids.includes(row.Id)))
    .map(answered);
  const first = Number(query.get("cursor") ?? 0);
  const next = first + PAGE_ROWS < records.length ? String(first + PAGE_ROWS) : null;
  return { code: 0, data: { records: records.slice(first, first + PAGE_ROWS), nextCursor: next } };
}

function current(rows: readonly CityRow[]): CityRow[] {
  const last = new Map<string, CityRow>();
  for (const row of rows) if (row.UpdateTime >= (last.get(row.Id)?.UpdateTime ?? "")) last.set(row.Id, row);
  return [...last.values()];
}

function dayOf(row: CityRow): string {
  return row.UpdateTime.slice(0, 10);
}

function answered(row: CityRow): AnsweredRecord {
  const credit = String(row.Credit).trim();
  const isHours = /^[0-9]+([.][0-9][0-9]?)?$/.test(credit);
  return {
    recordId: row.Id,
    updateTime: `${row.UpdateTime.replace(" ", "T")}+08:00`,
    hours: isHours ? Number(credit) : null,
    status: WORDS[String(row.Status)] ?? null,
  };
}

function sumDays(rows: readonly CityRow[], from: string, until: string) {
  const days = [...new Set(rows.map(dayOf))].filter((day) => day >= from && day <= until).sort();
  return days.map((day) => {
    const records = rows.filter((row) => dayOf(row) === day).map(answered);
    const hoursOf = ({ hours, status }: AnsweredRecord) => (status === "withdrawn" ? 0 : hours);
    const lines = records.map((record) => {
      const hours = hoursOf(record);
      const time = record.updateTime.replace("+08:00", ".000+08:00");
      return Buffer.from(
        `${[record.recordId, time, hours === null ? "" : Number(hours).toFixed(2), record.status ?? ""].join("\t")}\n`,
      );
    });
    const digest = createHash("sha256")
      .update(Buffer.concat(lines.sort(Buffer.compare)))
      .digest("hex");
    return {
      day,
      records: records.length,
      hours: records.reduce((sum, one) => sum + Number(hoursOf(one) ?? 0), 0),
      digest,
    };
  });
}
