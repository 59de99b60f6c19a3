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

/** `day_wrong`: a record is listed under a day on which, in UTC+8, it was not updated. `day_too_large`: see RECORDS_MAX. */
export type ReconciliationFault = PullReason | "day_wrong" | "day_too_large";

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
  const lines = new Map<string, RecordLine>();
  const cursors = new Set<string>();
  for (let pages = 0, cursor = ""; pages < PAGES_MAX; pages += 1) {
    const answer = await askPage(client, cursor === "" ? { day } : { day, cursor });
    if (answer.kind === "fault") return answer;
    for (const line of answer.value.lines) {
      if (localDateAt(line.updateTimeMs) !== day) return { kind: "fault", reason: "day_wrong" };
      keepLater(lines, line);
    }
    if (lines.size > RECORDS_MAX) break;
    const { nextCursor } = answer.value;
    if (nextCursor === null) return { kind: "value", value: lines };
    if (cursors.has(nextCursor)) return { kind: "fault", reason: "no_progress" };
    cursors.add(nextCursor);
    cursor = nextCursor;
  }
  return { kind: "fault", reason: "day_too_large" };
}

/** Asks how the platform has records by their ids, at most {@link IDS_PER_QUESTION}; those it has not are missing. */
export async function askRecords(
  client: ReconciliationClient,
  recordIds: readonly string[],
): Promise<ReconciliationAnswer<ReadonlyMap<string, RecordLine>>> {
  const answer = await askPage(client, { recordIds: recordIds.join("\n") });
  if (answer.kind === "fault") return answer;
  const lines = new Map<string, RecordLine>();
  for (const line of answer.value.lines) keepLater(lines, line);
  return { kind: "value", value: lines };
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
