import { type LineRange, readArrivedLines, readRefusedArrivals, sumArrivedDays } from "@xueshi/database";
import {
  addDays,
  type DaySum,
  endOfDayMs,
  isSameSum,
  type LocalDate,
  lineHours,
  localDateAt,
  type RecordLine,
  startOfDayMs,
  sumLines,
} from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import { askDayRecords, askDays } from "../../acquisition/ask-reconciliation.ts";
import { ComparisonFault, type ComparisonWork } from "./comparison-work.ts";
import { readRefusedLines } from "./refused-lines.ts";
import { type SettledRecord, settleRecords } from "./settle-records.ts";

/**
 * `digest_wrong`: all records agree, but the platform's digest is not that of its own records. `sums_wrong`: nor is its count
 * or its sum of hours, so its list may leave out records. `not_listed`: the days differ, and so much did before that the
 * records of this one were not compared.
 */
export type DayState = "equal" | "different" | "digest_wrong" | "sums_wrong" | "not_listed";

export interface ComparedDay {
  readonly day: LocalDate;
  readonly here: DaySum;
  readonly there: DaySum;
  readonly state: DayState;
}

export interface Comparison {
  readonly days: readonly ComparedDay[];
  readonly differences: readonly SettledRecord[];
  /** Records that one side has changed since the last pull. */
  readonly notDue: number;
}

/** Records that differ, and lines of days that differ, that one comparison takes at most. */
const OPEN_MAX = 50_000;
const LINES_MAX = 1_000_000;
/** Days that one statement sums. */
const DAYS_PER_STATEMENT = 31;
const NOTHING: DaySum = { records: 0, hoursHundredths: 0, digest: sha256Hex("") };
/** How often the sums and the list of a day are asked for until they fit; what is changed meanwhile fits the second time. */
const LISTINGS_MAX = 2;

/** A day that is compared by record: how both sides have it. */
interface ListedDay {
  readonly day: LocalDate;
  readonly stated: DaySum;
  readonly listed: DaySum;
  readonly here: Map<string, RecordLine>;
  readonly there: Map<string, RecordLine>;
}

/**
 * Compares what a platform has with what arrived here, day by day, and record by record where a day's sums differ.
 * A record that the two sides do not say alike is settled by looking at both once more, so that nothing is reported that
 * only moved meanwhile. Throws {@link ComparisonFault}.
 */
export async function compareDays(work: ComparisonWork): Promise<Comparison> {
  const { client, fromDay, untilDay } = work;
  const refused = await readRefused(work);
  const here = await sumDays(work, refused);
  const there = answered(await askDays(client, { fromDay, untilDay }));
  const days = [...new Set([...here.keys(), ...there.keys()])].toSorted();
  const sums = days.map((day) => ({ day, here: here.get(day) ?? NOTHING, there: there.get(day) ?? NOTHING }));
  const differing = sums.filter((sum) => !isSameSum(sum.here, sum.there));
  const compared = new Map<LocalDate, ComparedDay>();
  const held: ListedDay[] = [];
  const open = new Map<string, RecordLine | null>();
  let lines = 0;
  for (const [done, sum] of differing.entries()) {
    await work.onProgress(done, differing.length);
    if (open.size > OPEN_MAX || lines > LINES_MAX) {
      compared.set(sum.day, { ...sum, state: "not_listed" });
      continue;
    }
    const listed = await listDay(work, sum.day, sum.there, refused);
    const openHere = openRecords(listed);
    if (openHere.size === 0) {
      compared.set(sum.day, comparedDay(listed));
      continue;
    }
    for (const [recordId, line] of openHere) {
      const before = open.get(recordId) ?? null;
      open.set(recordId, (line?.updateTimeMs ?? 0) >= (before?.updateTimeMs ?? 0) ? (line ?? before) : before);
    }
    held.push(listed);
    lines += listed.here.size + listed.there.size;
  }
  const settled = await settleRecords(work, open);
  for (const record of settled) applyTo(held, record);
  for (const day of held) compared.set(day.day, comparedDay(day));
  return {
    days: sums.map((sum) => compared.get(sum.day) ?? { ...sum, state: "equal" }),
    differences: settled.filter(({ settlement }) => "day" in settlement),
    notDue: settled.filter(({ settlement }) => settlement.kind === "not_due").length,
  };
}

function rangeOf(work: ComparisonWork, fromDay: LocalDate, untilDay: LocalDate): LineRange {
  const source = work.platform.name;
  return { source, fromMs: startOfDayMs(fromDay), beforeMs: endOfDayMs(untilDay), withRefused: true };
}

async function readRefused(work: ComparisonWork): Promise<ReadonlyMap<LocalDate, RecordLine[]>> {
  const { context, platform, fromDay, untilDay } = work;
  const arrivals = await readRefusedArrivals(context.sql, rangeOf(work, fromDay, untilDay), true);
  const lines = await readRefusedLines(context, platform, arrivals);
  return Map.groupBy(lines, (line) => localDateAt(line.updateTimeMs));
}

async function sumDays(
  work: ComparisonWork,
  refused: ReadonlyMap<LocalDate, readonly RecordLine[]>,
): Promise<ReadonlyMap<LocalDate, DaySum>> {
  const { context, fromDay, untilDay } = work;
  const sums = new Map<LocalDate, DaySum>();
  for (let first = fromDay; first <= untilDay; first = addDays(first, DAYS_PER_STATEMENT)) {
    const end = addDays(first, DAYS_PER_STATEMENT - 1);
    const last = [end, untilDay].toSorted()[0] ?? end;
    const own = [...refused].flatMap(([day, lines]) => (day >= first && day <= last ? lines : []));
    for (const [day, sum] of await sumArrivedDays(context.sql, rangeOf(work, first, last), own)) sums.set(day, sum);
  }
  return sums;
}

async function listDay(
  work: ComparisonWork,
  day: LocalDate,
  stated: DaySum,
  refused: ReadonlyMap<LocalDate, RecordLine[]>,
): Promise<ListedDay> {
  const told = await askListed(work, day, stated);
  const arrived = await readArrivedLines(work.context.sql, rangeOf(work, day, day), refused.get(day) ?? []);
  const here = new Map(arrived.map((line) => [line.recordId, line]));
  return { day, ...told, here };
}

/** The records of a day with the sums that the platform says of them, as nearly at one time as it can be asked. */
async function askListed(
  { client }: ComparisonWork,
  day: LocalDate,
  statedFirst: DaySum,
): Promise<Pick<ListedDay, "stated" | "listed" | "there">> {
  let stated = statedFirst;
  for (let listings = 1; ; listings += 1) {
    const there = new Map(answered(await askDayRecords(client, day)));
    const listed = sumLines([...there.values()], sha256Hex);
    if (isCounted(stated, listed)) return { stated, listed, there };
    stated = answered(await askDays(client, { fromDay: day, untilDay: day })).get(day) ?? NOTHING;
    if (isCounted(stated, listed) || listings >= LISTINGS_MAX) return { stated, listed, there };
  }
}

function isCounted(stated: DaySum, listed: DaySum): boolean {
  return stated.records === listed.records && stated.hoursHundredths === listed.hoursHundredths;
}

/** Records of a day that the two sides do not say alike, with the platform's line where it lists one. */
function openRecords({ here, there }: ListedDay): ReadonlyMap<string, RecordLine | null> {
  const open = new Map<string, RecordLine | null>();
  for (const [recordId, line] of there) {
    const own = here.get(recordId);
    if (own === undefined || !isSameLine(own, line)) open.set(recordId, line);
  }
  for (const recordId of here.keys()) if (!there.has(recordId)) open.set(recordId, null);
  return open;
}

function isSameLine(left: RecordLine, right: RecordLine): boolean {
  if (left.updateTimeMs !== right.updateTimeMs || left.status !== right.status) return false;
  return lineHours(left) === lineHours(right);
}

/** Puts right in the days what was found to have moved, on both sides alike; what differs stays as it was listed. */
function applyTo(held: readonly ListedDay[], { recordId, settlement, there }: SettledRecord): void {
  if ("day" in settlement) return;
  for (const day of held) {
    day.here.delete(recordId);
    day.there.delete(recordId);
    if (settlement.kind !== "equal" || there === null || localDateAt(there.updateTimeMs) !== day.day) continue;
    day.here.set(recordId, there);
    day.there.set(recordId, there);
  }
}

function comparedDay({ day, stated, listed, here, there }: ListedDay): ComparedDay {
  const [own, other] = [sumLines([...here.values()], sha256Hex), sumLines([...there.values()], sha256Hex)];
  if (!isSameSum(own, other)) return { day, here: own, there: other, state: "different" };
  // Records that only the platform's sums hold may be the very ones that are missing here.
  if (!isCounted(stated, listed)) return { day, here: own, there: stated, state: "sums_wrong" };
  return { day, here: own, there: other, state: stated.digest === listed.digest ? "equal" : "digest_wrong" };
}

/** The platform's answer, or why there is none. Throws {@link ComparisonFault}. */
function answered<Value>(
  answer: { readonly kind: "value"; readonly value: Value } | { readonly kind: "fault"; readonly reason: string },
): Value {
  if (answer.kind === "fault") throw new ComparisonFault(answer.reason);
  return answer.value;
}
