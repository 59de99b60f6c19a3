import type { CorrectionPreview, CorrectionRecordRow, RecordPeople, SeenStanding, Transaction } from "@xueshi/database";
import { MAIN_SLOT, type PostingPlan, planPostings, type Standing } from "@xueshi/domain";
import type { RulesInForce } from "../../classification/rules-in-force.ts";
import type { PostingContext } from "../posting-context.ts";
import { type Changes, readChanges } from "../read-changes.ts";
import { groupByPeople, type PeopleGroup } from "./group-by-people.ts";

/** People of one posting: bounds what a statement holds. */
const PEOPLE_PER_GROUP = 500;

export interface CorrectionToPlan {
  readonly records: ReadonlyMap<string, RecordPeople>;
  /** Keeps the decision of some records, which the plan then follows from. */
  readonly decide: (recordKeys: readonly string[], derived: readonly Standing[]) => Promise<void>;
  readonly reason: string;
  readonly actor: string;
  readonly note: string;
}

/** What one posting of a correction writes. */
export interface PlannedGroup {
  readonly people: readonly string[];
  readonly plan: PostingPlan;
  readonly nameDigests: ReadonlyMap<string, string>;
}

export interface PlannedCorrection {
  readonly groups: readonly PlannedGroup[];
  /** By key. */
  readonly records: readonly CorrectionRecordRow[];
  readonly preview: CorrectionPreview;
  /** Of everything that was seen and would be done, hex; an equal one means that nothing has changed. */
  readonly digest: string;
}

/** Everybody of whom a correction would write, in groups that share nobody, sorted. */
export function groupsOf(records: ReadonlyMap<string, RecordPeople>, owners: OwnersOf): readonly PeopleGroup[] {
  const peopleOf = new Map(
    [...records].map(([recordKey, { people }]) => [
      recordKey,
      [...new Set(people.flatMap((person) => [person, ...owners(person)]))],
    ]),
  );
  return groupByPeople(peopleOf, PEOPLE_PER_GROUP);
}

/** In whose chains the records of a person may stand besides. */
export type OwnersOf = (practitionerId: string) => readonly string[];

/**
 * Decides of each group of records and plans what follows, without posting it. Whoever calls takes the transaction back
 * where it was only to look.
 */
export async function planCorrection(
  tx: Transaction,
  asked: CorrectionToPlan,
  groups: readonly PeopleGroup[],
  rules: RulesInForce,
  context: PostingContext,
): Promise<PlannedCorrection> {
  const planned: PlannedGroup[] = [];
  const seen: SeenRecord[] = [];
  for (const { recordKeys, people } of groups) {
    const before = await readChanges(tx, recordKeys, people, rules, context);
    await asked.decide(recordKeys, before.derived);
    const changes = await readChanges(tx, recordKeys, people, rules, context);
    const { reason, actor, note } = asked;
    const plan = planPostings({ ...changes, actor, reason, note, about: new Set(recordKeys) });
    planned.push({ people, plan, nameDigests: changes.nameDigests });
    seen.push(...seenRecords(recordKeys, asked.records, changes, plan));
  }
  seen.sort((left, right) => (left.row.recordKey < right.row.recordKey ? -1 : 1));
  const records = seen.map(({ row }) => row);
  const preview = previewOf(records, planned);
  const digest = context.sha256Hex(JSON.stringify([preview, seen]));
  return { groups: planned, records, preview, digest };
}

interface SeenRecord {
  readonly row: CorrectionRecordRow;
  /** Whose it is and what it rests on: not told, and still part of what was seen. */
  readonly rests: readonly (string | null)[];
}

/** The records that are named, and those that change with them. */
function seenRecords(
  recordKeys: readonly string[],
  names: ReadonlyMap<string, RecordPeople>,
  changes: Changes,
  plan: PostingPlan,
): SeenRecord[] {
  const named = new Set(recordKeys);
  const posted = [...changes.posted, ...changes.rivals].filter(({ slot }) => slot === MAIN_SLOT);
  const before = new Map<string, Standing>(posted.map((standing) => [standing.recordKey, standing]));
  const after = new Map<string, Standing>(before);
  const changing = new Set<string>();
  for (const { body, standing } of [...plan.entries.values()].flat()) {
    if (body.slot !== MAIN_SLOT || body.recordKey === null) continue;
    changing.add(body.recordKey);
    if (standing === null) after.delete(body.recordKey);
  }
  // A reversal may stand behind the posting in the chain of another person, so postings come second.
  for (const { standing } of [...plan.entries.values()].flat()) {
    if (standing !== null && standing.slot === MAIN_SLOT) after.set(standing.recordKey, standing);
  }
  const others = [...changing].filter((recordKey) => !named.has(recordKey));
  const isErased = (recordKey: string) =>
    names.get(recordKey)?.people.some((person) => changes.erased.has(person)) === true;
  return [...recordKeys, ...others].map((recordKey) => {
    const [from, to] = [before.get(recordKey), after.get(recordKey)];
    const { source, recordId } = names.get(recordKey) ?? from ?? to ?? { source: "", recordId: "" };
    const isGone = from === undefined && to === undefined && isErased(recordKey);
    const ofNamed = changing.has(recordKey) ? "changes" : isGone ? "erased" : "unchanged";
    const outcome = named.has(recordKey) ? ofNamed : "follows";
    const row = { recordKey, source, recordId, outcome, before: seenOf(from), after: seenOf(to) } as const;
    const rests = [from, to].flatMap((one) => [
      one?.practitionerId ?? null,
      one?.sourceDigest ?? null,
      one?.trace ?? null,
    ]);
    return { row, rests };
  });
}

function seenOf(standing: Standing | undefined): SeenStanding | null {
  if (standing === undefined) return null;
  const { state, code, hoursHundredths, subject, platform, attributedYear, obtainedOn } = standing;
  return { state, code, hoursHundredths, subject, platform, year: attributedYear, obtainedOn };
}

function previewOf(records: readonly CorrectionRecordRow[], groups: readonly PlannedGroup[]): CorrectionPreview {
  const count = (outcome: CorrectionRecordRow["outcome"]) => records.filter((row) => row.outcome === outcome).length;
  const [changing, unchanged, following] = [count("changes"), count("unchanged"), count("follows")];
  const erased = count("erased");
  return {
    ...{ records: changing + unchanged + erased, changing, unchanged, following },
    ...(erased > 0 ? { erased } : {}),
    people: groups.reduce((sum, { plan }) => sum + plan.entries.size, 0),
    hours: hoursOf(groups),
    states: statesOf(records),
  };
}

/** What changes of the hours that count. */
function hoursOf(groups: readonly PlannedGroup[]): CorrectionPreview["hours"] {
  const sums = new Map<string, CorrectionPreview["hours"][number]>();
  for (const { body } of groups.flatMap(({ plan }) => [...plan.entries.values()].flat())) {
    const { state, platform, attributedYear: year, subject, hoursHundredths } = body;
    if (state !== "registered" || platform === null || year === null || subject === null) continue;
    const key = `${platform}/${year}/${subject}`;
    const hundredths = (sums.get(key)?.hundredths ?? 0) + (hoursHundredths ?? 0);
    sums.set(key, { platform, year, subject, hundredths });
  }
  const changed = [...sums].filter(([, { hundredths }]) => hundredths !== 0);
  return changed.sort(([left], [right]) => (left < right ? -1 : 1)).map(([, sum]) => sum);
}

function statesOf(records: readonly CorrectionRecordRow[]): CorrectionPreview["states"] {
  const counts = new Map<string, CorrectionPreview["states"][number]>();
  for (const { outcome, before, after } of records) {
    if (outcome === "follows" || outcome === "erased") continue;
    const states = { before: before?.state ?? null, after: after?.state ?? null };
    const key = `${states.before}/${states.after}`;
    counts.set(key, { ...states, records: (counts.get(key)?.records ?? 0) + 1 });
  }
  return [...counts].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, count]) => count);
}
