import { type Feeds, PLATFORMS, type Row, readRows, type Subject } from "./read-rows.ts";
import { isIdNumber, reduceTitle } from "./values.ts";

export type RecordState = "withdrawn" | "not_registered" | "unclassified" | "duplicate" | "registered" | "held";
export type Outcome = "accepted" | "unchanged" | "superseded" | "conflict" | Rejection;
type Rejection = "id_invalid" | "hours_invalid" | "identity_conflict";

/** One record once everything is in. For `held` the fields are those of the held version that would stand. */
export type SettledRecord = Readonly<{
  state: RecordState;
  code?: "identity_conflict";
  platform: string;
  authority: Row["authority"];
  recordId: string;
  personId: string;
  hoursHundredths: number | null;
  subject: Subject | null;
  attributedYear: number;
  obtainedOn: string;
  title: string;
}>;

/** What an operator decided of one record: its subject, or that it is no duplicate. */
export type OperatorDecision = Readonly<{
  platform: string;
  recordId: string;
  subject: Subject | null;
  countsBesides: boolean;
}>;

export type Settled = ReadonlyMap<string, ReadonlyMap<string, SettledRecord>>;
export type Summary = Record<string, { rows: Record<string, number>; records: Record<string, number> }>;

/** Rule 2, in its order: why the row is refused, or null. */
export function refusalOf(row: Row): "id_invalid" | "hours_invalid" | null {
  if (!isIdNumber(row.personId)) return "id_invalid";
  if (row.status !== "withdrawn" && (row.hoursHundredths ?? 0) === 0) return "hours_invalid";
  return null;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The known name of each id: its first row that is not refused, by (update time, platform, record id, name). */
export function readKnownNames(rows: readonly Row[]): ReadonlyMap<string, string> {
  const first = new Map<string, Row>();
  for (const row of rows) {
    const known = first.get(row.personId);
    if (refusalOf(row) === null && (known === undefined || compareForName(row, known) < 0))
      first.set(row.personId, row);
  }
  return new Map([...first].map(([personId, row]) => [personId, row.name]));
}

function compareForName(left: Row, right: Row): number {
  return (
    left.updateMs - right.updateMs ||
    compareText(left.platform, right.platform) ||
    compareText(left.recordId, right.recordId) ||
    compareText(left.name, right.name)
  );
}

function rejectionOf(row: Row, names: ReadonlyMap<string, string>): Rejection | null {
  return refusalOf(row) ?? (names.get(row.personId) === row.name ? null : "identity_conflict");
}

/** Rule 1: the latest version stands; at the same time the one with fewer hours, then the smaller digest. */
export function standing(versions: readonly Row[]): Row | undefined {
  return versions.toSorted(
    (left, right) =>
      right.updateMs - left.updateMs ||
      (left.hoursHundredths ?? 0) - (right.hoursHundredths ?? 0) ||
      compareText(left.digest, right.digest),
  )[0];
}

function groupBy<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

export const recordKey = (row: Readonly<{ platform: string; recordId: string }>) =>
  JSON.stringify([row.platform, row.recordId]);

/** Where every record of the feeds ends, by platform and record id. The order of the lists does not matter. */
export function settle(feeds: Feeds, decisions: readonly OperatorDecision[] = []): Settled {
  return settleRows(readRows(feeds), decisions);
}

/** As `settle`, over rows already read. */
export function settleRows(rows: readonly Row[], decisions: readonly OperatorDecision[] = []): Settled {
  const names = readKnownNames(rows);
  const records: SettledRecord[] = [];
  const decided = decidedSubjects(decisions);
  for (const [key, sent] of groupBy(rows, recordKey)) {
    const versions = sent.map((row) => ({ ...row, subject: decided.get(key) ?? row.subject }));
    const admitted = standing(versions.filter((row) => rejectionOf(row, names) === null));
    const held = standing(versions.filter((row) => rejectionOf(row, names) === "identity_conflict"));
    if (admitted !== undefined) records.push(settleOne(admitted, stateAlone(admitted)));
    else if (held !== undefined) records.push({ ...settleOne(held, "held"), code: "identity_conflict" });
  }
  const settled = new Map<string, Map<string, SettledRecord>>(PLATFORMS.map((platform) => [platform, new Map()]));
  const besides = new Set(decisions.filter((decision) => decision.countsBesides).map(recordKey));
  for (const record of markDuplicates(records, besides)) {
    const ofPlatform = settled.get(record.platform) ?? new Map<string, SettledRecord>();
    settled.set(record.platform, ofPlatform.set(record.recordId, record));
  }
  return settled;
}

/** The newest subject that was decided of each record; the platform's own is no longer asked. */
function decidedSubjects(decisions: readonly OperatorDecision[]): ReadonlyMap<string, Subject> {
  return new Map(
    decisions.flatMap((decision) => (decision.subject === null ? [] : [[recordKey(decision), decision.subject]])),
  );
}

/**
 * The version of a record that stands, of all that were sent so far; a held one where no other is admitted. Undefined
 * when the record was never sent, or only refused.
 */
export function standingRow(rows: readonly Row[], platform: string, recordId: string): Row | undefined {
  const names = readKnownNames(rows);
  const sent = rows.filter((row) => row.platform === platform && row.recordId === recordId && refusalOf(row) === null);
  return standing(sent.filter((row) => rejectionOf(row, names) === null)) ?? standing(sent);
}

export function stateAlone(row: Row): RecordState {
  if (row.status === "withdrawn") return "withdrawn";
  if (row.status === "open") return "not_registered";
  return row.subject === null ? "unclassified" : "registered";
}

function settleOne(row: Row, state: RecordState): SettledRecord {
  const { platform, authority, recordId, personId, hoursHundredths, subject, attributedYear, obtainedOn, title } = row;
  return {
    state,
    platform,
    authority,
    recordId,
    personId,
    hoursHundredths,
    subject,
    attributedYear,
    obtainedOn,
    title,
  };
}

/**
 * Rule 3: of registered records of one achievement the highest hours count, on a tie the lowest id. Records of which an
 * operator decided that they are no duplicates (`besides`) do not compete.
 */
export function markDuplicates<R extends SettledRecord>(records: readonly R[], besides: ReadonlySet<string>): R[] {
  const competing = records.filter((record) => record.state === "registered" && !besides.has(recordKey(record)));
  const achievements = groupBy(competing, (record) =>
    JSON.stringify([
      record.personId,
      record.authority ?? record.platform,
      record.subject,
      record.obtainedOn,
      reduceTitle(record.title),
    ]),
  );
  const losers = new Set<R>();
  for (const group of achievements.values()) {
    const ranked = group.toSorted(
      (left, right) =>
        (right.hoursHundredths ?? 0) - (left.hoursHundredths ?? 0) ||
        compareText(left.recordId, right.recordId) ||
        compareText(left.platform, right.platform),
    );
    for (const loser of ranked.slice(1)) losers.add(loser);
  }
  return records.map((record) => (losers.has(record) ? { ...record, state: "duplicate" } : record));
}

/** Rows by outcome, as in one pass by update time (ties in list order), and records by state; zero counts left out. */
export function summary(feeds: Feeds, decisions: readonly OperatorDecision[] = []): Summary {
  const rows = readRows(feeds);
  const names = readKnownNames(rows);
  const counts: Summary = {};
  for (const [platform, records] of settleRows(rows, decisions)) {
    const states = Array.from(records.values(), (record) => record.state);
    counts[platform] = { rows: {}, records: countEach(states) };
  }
  for (const versions of groupBy(rows, recordKey).values()) {
    const outcomes = passOver(
      versions.toSorted((left, right) => left.updateMs - right.updateMs),
      names,
    );
    const source = versions[0]?.platform ?? "";
    counts[source] ??= { rows: {}, records: {} };
    const { rows: ended } = counts[source];
    for (const outcome of outcomes) ended[outcome] = (ended[outcome] ?? 0) + 1;
  }
  return counts;
}

function countEach(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** The outcome of each version of one record, read in order of update time, so that `history` cannot arise. */
function passOver(versions: readonly Row[], names: ReadonlyMap<string, string>): Outcome[] {
  let current: Row | undefined;
  let kept: Row[] = [];
  return versions.map((row) => {
    const rejection = rejectionOf(row, names);
    if (rejection !== null) return rejection;
    const previous = current;
    if (previous === undefined) {
      current = row;
      kept = [row];
      return "accepted";
    }
    if (row.updateMs > previous.updateMs) {
      current = row;
      kept = [row];
      return row.content === previous.content ? "unchanged" : "superseded";
    }
    if (kept.some((version) => version.content === row.content)) return "unchanged";
    kept.push(row);
    current = standing(kept);
    return "conflict";
  });
}
