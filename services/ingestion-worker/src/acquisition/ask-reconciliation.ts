import {
  type DaySum,
  LINE_STATUSES,
  type LineStatus,
  type LocalDate,
  localDateAt,
  normaliseText,
  parseInstant,
  parseLineHours,
  parseLocalDate,
  type RecordLine,
} from "@xueshi/domain";
import type { Endpoint, HttpJsonConnection } from "@xueshi/platforms";
import { z } from "zod";
import type { HttpSession } from "./http-session.ts";
import { valueAt } from "./json-path.ts";
import type { PullContext } from "./pull-context.ts";
import type { PullReason } from "./pull-event.ts";

/** Where a platform serves the protocol. */
export type ReconciliationEndpoints = NonNullable<HttpJsonConnection["reconciliation"]>;

/**
 * `day_wrong`: a record is listed under a day on which, in UTC+8, it was not updated. `day_too_large`: see RECORDS_MAX.
 * `ids_ignored`: records were answered that were not asked for.
 */
export type ReconciliationFault = PullReason | "day_wrong" | "day_too_large" | "ids_ignored";

export type ReconciliationAnswer<Value> =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "fault"; readonly reason: ReconciliationFault };

/** A platform that is asked what it has. */
export interface ReconciliationClient {
  readonly session: HttpSession;
  readonly endpoints: ReconciliationEndpoints;
  readonly context: PullContext;
}

/** Records of one day, and pages of them, that are read at most. */
const RECORDS_MAX = 1_000_000;
const PAGES_MAX = 10_000;
/** Ids that one question names. */
export const IDS_PER_QUESTION = 50;
/** Between ids of a question; an id that holds it cannot be asked for by itself. */
export const ID_SEPARATOR = "\n";

const daysBody = z.object({
  days: z
    .array(
      z.object({
        day: z.string().max(10),
        records: z.int().min(0),
        hours: z.union([z.number(), z.string().max(32)]),
        digest: z.string().regex(/^[0-9a-fA-F]{64}$/),
      }),
    )
    .max(4_000),
});

const recordsBody = z.object({
  records: z
    .array(
      z.object({
        recordId: z.union([z.string().min(1).max(1_024), z.int()]),
        updateTime: z.string().max(40),
        hours: z.union([z.number(), z.string().max(64), z.null()]),
        status: z.string().max(64).nullable(),
      }),
    )
    .max(100_000),
  nextCursor: z.string().min(1).max(4_096).nullish(),
});

/** Asks for count, hours and digest of each day of a range, both inclusive; days without records may be left out. */
export async function askDays(
  { session, endpoints, context }: ReconciliationClient,
  range: { readonly fromDay: LocalDate; readonly untilDay: LocalDate },
): Promise<ReconciliationAnswer<ReadonlyMap<LocalDate, DaySum>>> {
  return session.ask<ReadonlyMap<LocalDate, DaySum>>(
    endpoints.days,
    { from: range.fromDay, until: range.untilDay },
    (body) => {
      const sums = readDays(valueAt(body, endpoints.answer), range);
      return sums === null ? { kind: "fault", reason: "body_invalid" } : { kind: "value", value: sums };
    },
    context,
  );
}

/** Null: the answer is not of the protocol's form, or has a day twice or outside the range. */
function readDays(
  answer: unknown,
  range: { readonly fromDay: LocalDate; readonly untilDay: LocalDate },
): ReadonlyMap<LocalDate, DaySum> | null {
  const parsed = daysBody.safeParse(answer);
  if (!parsed.success) return null;
  const sums = new Map<LocalDate, DaySum>();
  for (const { day, records, hours, digest } of parsed.data.days) {
    const date = parseLocalDate(day);
    const hoursHundredths = sumHundredths(hours);
    if (date === null || hoursHundredths === null) return null;
    if (date < range.fromDay || date > range.untilDay || sums.has(date)) return null;
    sums.set(date, { records, hoursHundredths, digest: digest.toLowerCase() });
  }
  return sums;
}

/** Sums that were added up in binary fractions are a little off; what is off by more is no sum of hundredths. */
function sumHundredths(hours: number | string): number | null {
  const exact = Number(hours) * 100;
  const hundredths = Math.round(exact);
  const isSum = Number.isSafeInteger(hundredths) && hundredths >= 0 && Math.abs(exact - hundredths) < 0.001;
  return isSum && String(hours).trim() !== "" ? hundredths : null;
}

/** Asks for all records of a day, page by page; of a record that came twice the later one is taken. */
export async function askDayRecords(
  client: ReconciliationClient,
  day: LocalDate,
): Promise<ReconciliationAnswer<ReadonlyMap<string, RecordLine>>> {
  const faultOf = (line: RecordLine) => (localDateAt(line.updateTimeMs) === day ? null : "day_wrong");
  return askPages(client, { question: { day }, pagesMax: PAGES_MAX, tooMany: "day_too_large", faultOf });
}

/**
 * Asks how the platform has records by their ids, at most {@link IDS_PER_QUESTION}; those it has not are missing. An answer
 * about others is of no use, and says that the platform does not look at the ids.
 */
export async function askRecords(
  client: ReconciliationClient,
  recordIds: readonly string[],
): Promise<ReconciliationAnswer<ReadonlyMap<string, RecordLine>>> {
  const asked = new Set(recordIds);
  const faultOf = ({ recordId }: RecordLine) => (asked.has(recordId) ? null : "ids_ignored");
  const question = { recordIds: recordIds.join(ID_SEPARATOR) };
  return askPages(client, { question, pagesMax: IDS_PER_QUESTION, tooMany: "no_progress", faultOf });
}

interface PagedQuestion {
  readonly question: Readonly<Record<string, string>>;
  readonly pagesMax: number;
  /** Where there are more pages, or more records than RECORDS_MAX. */
  readonly tooMany: ReconciliationFault;
  /** What is wrong about a record in this answer; null: nothing. */
  readonly faultOf: (line: RecordLine) => ReconciliationFault | null;
}

async function askPages(
  client: ReconciliationClient,
  { question, pagesMax, tooMany, faultOf }: PagedQuestion,
): Promise<ReconciliationAnswer<ReadonlyMap<string, RecordLine>>> {
  const lines = new Map<string, RecordLine>();
  const cursors = new Set<string>();
  for (let pages = 0, cursor = ""; pages < pagesMax; pages += 1) {
    const answer = await askPage(client, cursor === "" ? question : { ...question, cursor });
    if (answer.kind === "fault") return answer;
    for (const line of answer.value.lines) {
      const reason = faultOf(line);
      if (reason !== null) return { kind: "fault", reason };
      keepLater(lines, line);
    }
    if (lines.size > RECORDS_MAX) break;
    const { nextCursor } = answer.value;
    if (nextCursor === null) return { kind: "value", value: lines };
    if (cursors.has(nextCursor)) return { kind: "fault", reason: "no_progress" };
    cursors.add(nextCursor);
    cursor = nextCursor;
  }
  return { kind: "fault", reason: tooMany };
}

function keepLater(lines: Map<string, RecordLine>, line: RecordLine): void {
  const before = lines.get(line.recordId);
  if (before === undefined || before.updateTimeMs <= line.updateTimeMs) lines.set(line.recordId, line);
}

interface RecordsPage {
  readonly lines: readonly RecordLine[];
  readonly nextCursor: string | null;
}

function askPage(
  { session, endpoints, context }: ReconciliationClient,
  parameters: Readonly<Record<string, string>>,
): Promise<ReconciliationAnswer<RecordsPage>> {
  const endpoint: Endpoint = endpoints.records;
  return session.ask<RecordsPage>(
    endpoint,
    parameters,
    (body) => {
      const page = readRecords(valueAt(body, endpoints.answer));
      return page === null ? { kind: "fault", reason: "body_invalid" } : { kind: "value", value: page };
    },
    context,
  );
}

function readRecords(answer: unknown): RecordsPage | null {
  const parsed = recordsBody.safeParse(answer);
  if (!parsed.success) return null;
  const lines: RecordLine[] = [];
  for (const { recordId, updateTime, hours, status } of parsed.data.records) {
    const id = normaliseText(String(recordId));
    const updateTimeMs = parseInstant(normaliseText(updateTime));
    if (id === "" || updateTimeMs === null) return null;
    const hoursHundredths = hours === null ? null : parseLineHours(hours);
    const isStatus = (LINE_STATUSES as readonly (string | null)[]).includes(status);
    lines.push({ recordId: id, updateTimeMs, hoursHundredths, status: isStatus ? (status as LineStatus) : null });
  }
  return { lines, nextCursor: parsed.data.nextCursor ?? null };
}
