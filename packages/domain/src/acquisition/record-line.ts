import { HOURS_HUNDREDTHS_MAX } from "../values/hours.ts";
import type { Sha256Hex } from "../values/keys.ts";
import { compareText, normaliseText } from "../values/text.ts";

/** Statuses that a line can have; a platform's own words are mapped to them. */
export const LINE_STATUSES = ["final", "pending", "withdrawn"] as const;
export type LineStatus = (typeof LINE_STATUSES)[number];

/** How one side of a reconciliation has a record: the current version of it, without anything about a person. */
export interface RecordLine {
  /** After NFKC and trim. */
  readonly recordId: string;
  /** Milliseconds since 1970 UTC. */
  readonly updateTimeMs: number;
  /** Null: what the record says is no number of hours with at most two decimals. */
  readonly hoursHundredths: number | null;
  /** Null: none of the words. */
  readonly status: LineStatus | null;
}

/** What one side has of one day. */
export interface DaySum {
  readonly records: number;
  readonly hoursHundredths: number;
  /** SHA-256 over the lines, hex. */
  readonly digest: string;
}

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const HOURS_PATTERN = /^([0-9]{1,12})(?:\.([0-9]{1,2}))?$/;
const SEPARATORS = /[\t\n\r]/g;
const SURROGATE = /[\uD800-\uDFFF]/;

/**
 * Reads hours as a line has them, into hundredths: like hours of a record, but 0 is a number too.
 * @returns null for anything else, which a line leaves empty
 */
export function parseLineHours(input: string | number): number | null {
  const match = HOURS_PATTERN.exec(typeof input === "number" ? String(input) : normaliseText(input));
  if (match === null) return null;
  const hundredths = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return hundredths <= HOURS_HUNDREDTHS_MAX ? hundredths : null;
}

/** The hours by which a line is compared and summed: a withdrawn record has none. */
export function lineHours({ status, hoursHundredths }: Pick<RecordLine, "hoursHundredths" | "status">): number | null {
  return status === "withdrawn" ? 0 : hoursHundredths;
}

/**
 * The canonical text of a line, without its line feed: record id, update time, hours, status, separated by tabs.
 * Source: packages/contracts/reconciling.md, "The line".
 */
export function lineText(line: RecordLine): string {
  const time = `${new Date(line.updateTimeMs + SHANGHAI_OFFSET_MS).toISOString().slice(0, -1)}+08:00`;
  const hours = lineHours(line);
  const id = line.recordId.replaceAll(SEPARATORS, " ");
  return `${id}\t${time}\t${hours === null ? "" : hoursText(hours)}\t${line.status ?? ""}`;
}

function hoursText(hundredths: number): string {
  return `${Math.trunc(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")}`;
}

/** Count, hours and digest of the lines of a day, in whatever order they come. */
export function sumLines(lines: readonly RecordLine[], sha256Hex: Sha256Hex): DaySum {
  const texts = lines.map(lineText);
  // UTF-16 has the order of UTF-8's bytes but for what lies beyond the basic plane.
  if (texts.some((text) => SURROGATE.test(text))) texts.sort(compareText);
  else texts.sort();
  const hoursHundredths = lines.reduce((sum, line) => sum + (lineHours(line) ?? 0), 0);
  return { records: lines.length, hoursHundredths, digest: sha256Hex(texts.map((text) => `${text}\n`).join("")) };
}

/** True when two sides say the same of a day. */
export function isSameSum(left: DaySum, right: DaySum): boolean {
  return (
    left.records === right.records && left.hoursHundredths === right.hoursHundredths && left.digest === right.digest
  );
}
