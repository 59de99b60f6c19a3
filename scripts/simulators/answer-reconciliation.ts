import { hash } from "node:crypto";
import type { FeedRows } from "./feed-rows.ts";

/** How a platform reads one of its rows for the protocol; null: the row is no record, or has no readable update time. */
export type RecordReader = (row: Record<string, unknown>) => PlatformEntry | null;

/** A record as the platform has it; `hours` is the text of its field, null status a word that it does not know. */
export type PlatformEntry = { id: string; updatedAtMs: number; hours: string; status: EntryStatus | null };
type EntryStatus = "final" | "pending" | "withdrawn";

type Answered = { recordId: string; updateTime: string; hours: number | null; status: EntryStatus | null };

const HOURS_EAST_MS = 8 * 3_600_000;
const RECORDS_PER_PAGE = 500;
const HOURS = /^[0-9]{1,12}(\.[0-9]{1,2})?$/;

/**
 * The reconciliation protocol over a feed, written by its page alone: of each record the version with the latest update
 * time, of several with one time the last.
 */
export function createReconciliation(rows: FeedRows, read: RecordReader) {
  let known: { version: string; records: Map<string, Answered> } | null = null;

  function records(): Map<string, Answered> {
    const version = `${rows.count}/${rows.sequenceLast}`;
    if (known?.version === version) return known.records;
    const latest = new Map<string, { updatedAtMs: number; record: Answered }>();
    for (const text of rows.texts(0, rows.count)) {
      const entry = read(JSON.parse(text.toString("utf8")) as Record<string, unknown>);
      if (entry === null || (latest.get(entry.id)?.updatedAtMs ?? 0) > entry.updatedAtMs) continue;
      latest.set(entry.id, { updatedAtMs: entry.updatedAtMs, record: answered(entry) });
    }
    const all = new Map([...latest].map(([id, { record }]) => [id, record]));
    known = { version, records: all };
    return all;
  }

  return {
    /** `from` and `until` are days, both inclusive. */
    days(query: URLSearchParams): { days: unknown[] } {
      const [from, until] = [query.get("from") ?? "", query.get("until") ?? ""];
      const byDay = Map.groupBy(records().values(), dayOf);
      const days = [...byDay.keys()].filter((day) => day >= from && day <= until).sort();
      return { days: days.map((day) => ({ day, ...sumOf(byDay.get(day) ?? []) })) };
    },
    /** The records of a `day`, paged, or those of `recordIds`, one a line. */
    records(query: URLSearchParams): { records: Answered[]; nextCursor: string | null } {
      const ids = query.get("recordIds");
      if (ids !== null) {
        return { records: ids.split("\n").flatMap((id) => records().get(id) ?? []), nextCursor: null };
      }
      const ofDay = [...records().values()].filter((record) => dayOf(record) === query.get("day"));
      const first = Number(query.get("cursor") ?? 0);
      const next = first + RECORDS_PER_PAGE;
      return { records: ofDay.slice(first, next), nextCursor: next < ofDay.length ? String(next) : null };
    },
  };
}

export type Reconciliation = ReturnType<typeof createReconciliation>;

function answered({ id, updatedAtMs, hours, status }: PlatformEntry): Answered {
  const text = hours.normalize("NFKC").trim();
  const updateTime = `${new Date(updatedAtMs + HOURS_EAST_MS).toISOString().slice(0, 23)}+08:00`;
  return { recordId: id, updateTime, hours: HOURS.test(text) ? Number(text) : null, status };
}

function dayOf(record: Answered): string {
  return record.updateTime.slice(0, 10);
}

function sumOf(records: readonly Answered[]) {
  const hoursOf = ({ status, hours }: Answered) => (status === "withdrawn" ? 0 : hours);
  const lines = records.map((record) => {
    const hours = hoursOf(record)?.toFixed(2) ?? "";
    return Buffer.from(`${record.recordId}\t${record.updateTime}\t${hours}\t${record.status ?? ""}\n`);
  });
  const hundredths = records.reduce((sum, record) => sum + Math.round((hoursOf(record) ?? 0) * 100), 0);
  const digest = hash("sha256", Buffer.concat(lines.sort(Buffer.compare)), "hex");
  return { records: records.length, hours: hundredths / 100, digest };
}
