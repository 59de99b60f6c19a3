import { CORRECTION_KINDS } from "../classification/record-correction.ts";
import { DUPLICATE_DECISION_KINDS, type DuplicateDecision } from "./duplicate-decision.ts";
import { AS_REGISTERED, type EntryBody, MAIN_SLOT } from "./entry.ts";
import { groupAchievements } from "./group-achievements.ts";
import { isCompeting, settleAchievements } from "./settle-achievements.ts";
import type { PostedStanding, Standing } from "./standing.ts";

/** What one posting must write: entry bodies per person, in order, and the standings that they leave. */
export interface PostingPlan {
  readonly entries: ReadonlyMap<string, readonly PlannedEntry[]>;
}

/** An entry to be; `standing` is set on postings, so that the record-state cache can follow. */
export interface PlannedEntry {
  readonly body: EntryBody;
  readonly standing: Standing | null;
}

export interface PlanInput {
  /** How the touched records should stand (before the same-achievement rule). */
  readonly derived: readonly Standing[];
  /** How the touched records stand now: every slot of every touched record, under whichever person. */
  readonly posted: readonly PostedStanding[];
  /** Records not touched that may be one achievement with a touched one, by rule or decision, as they stand now. */
  readonly rivals: readonly PostedStanding[];
  /** What operators decided, in force, of any of these records; absent: nothing. */
  readonly duplicates?: readonly DuplicateDecision[];
  readonly actor: string;
  /** Overrides the reason of every entry, for example `decided`; null derives it from the change. */
  readonly reason: string | null;
  /** Goes into every entry that has no note of its own, for example an operator's reason and document. */
  readonly note: string | null;
  /** The records that reason and note are about; of the others they follow from the change. Absent: all. */
  readonly about?: ReadonlySet<string>;
}

/**
 * Compares how records should stand with how they stand and plans the difference as entries: a change is a reversal and,
 * where the record still stands, a new posting. Equal standings make no entry, so a repeated input has no effect.
 * Source: ARCHITECTURE.md, invariants 1–3 and 15.
 */
export function planPostings(input: PlanInput): PostingPlan {
  const settled = settleGroups(input);
  const entries = new Map<string, PlannedEntry[]>();
  const add = (practitionerId: string, entry: PlannedEntry) => {
    const list = entries.get(practitionerId);
    if (list === undefined) entries.set(practitionerId, [entry]);
    else list.push(entry);
  };
  // Most records are new: what stands already is few, and only that is compared.
  const before = slotsByRecord([...input.posted, ...input.rivals]);
  const after = slotsByRecord(settled.filter((standing) => before.has(standing.recordKey)));
  for (const old of slotsOf(before)) {
    const next = findSlot(after, old);
    if (next !== undefined && sameStanding(old, next)) continue;
    const { reason = reasonOf(old, next ?? null), ...by } = saidOf(old, input);
    add(old.practitionerId, { body: reversalOf(old, reason, by), standing: null });
  }
  for (const next of settled) {
    const old = findSlot(before, next);
    if (old !== undefined && sameStanding(old, next)) continue;
    const { reason = reasonOf(old ?? null, next), ...by } = saidOf(next, input);
    add(next.practitionerId, { body: postingOf(next, reason, by), standing: next });
  }
  return { entries };
}

/** What is said of the change of a record, where it is about it. */
function saidOf({ recordKey }: Standing, { about, actor, reason, note }: PlanInput): EntrySaid {
  if (about !== undefined && !about.has(recordKey)) return { actor, note: null };
  return reason === null ? { actor, note } : { actor, note, reason };
}

interface EntrySaid extends Pick<PlanInput, "actor" | "note"> {
  readonly reason?: string;
}

type Slots<S extends Standing> = ReadonlyMap<string, ReadonlyMap<string, S>>;

function slotKey({ practitionerId, slot }: Standing): string {
  return `${practitionerId}/${slot}`;
}

/** The standings of each record by slot. */
function slotsByRecord<S extends Standing>(standings: readonly S[]): Slots<S> {
  const records = new Map<string, Map<string, S>>();
  for (const standing of standings) {
    const slots = records.get(standing.recordKey) ?? new Map<string, S>();
    records.set(standing.recordKey, slots.set(slotKey(standing), standing));
  }
  return records;
}

function* slotsOf<S extends Standing>(records: Slots<S>): Generator<S> {
  for (const slots of records.values()) yield* slots.values();
}

/** What stands in the slot of a standing. The slot's key is only made where its record is known. */
function findSlot<S extends Standing>(records: Slots<S>, wanted: Standing): S | undefined {
  return records.get(wanted.recordKey)?.get(slotKey(wanted));
}

/** How records should stand once the same-achievement rule and operators' decisions have chosen among them. */
export function settleGroups({
  derived,
  rivals,
  duplicates = [],
}: Pick<PlanInput, "derived" | "rivals" | "duplicates">): Standing[] {
  const settled: Standing[] = [];
  const competing: Standing[] = [];
  for (const standing of [...derived, ...rivals]) {
    // What the rule does not compare only a decision can.
    const mayShare = standing.achievementKey !== null || (duplicates.length > 0 && isCompeting(standing));
    (mayShare ? competing : settled).push(standing);
  }
  for (const group of groupAchievements(competing, duplicates)) settled.push(...settleAchievements(group));
  return settled;
}

/** Everything an entry says but the update time: a version that only repeats the content later changes nothing. */
function sameStanding(left: Standing, right: Standing): boolean {
  return sameButForFlags(left, right) && left.flags === right.flags;
}

function sameButForFlags(left: Standing, right: Standing): boolean {
  return sameSaid(left, right) && left.achievementKey === right.achievementKey;
}

/** What entry and standing both say of a record, but for flags, and for what a repetition may change. */
type Said = Pick<
  EntryBody,
  | "state"
  | "code"
  | "hoursHundredths"
  | "subject"
  | "title"
  | "attributedYear"
  | "obtainedOn"
  | "platform"
  | "pathway"
  | "assessedOn"
  | "trace"
  | "sourceDigest"
>;

/** Whether two say the same of a record, but for flags. */
export function sameSaid(left: Said, right: Said): boolean {
  return (
    left.state === right.state &&
    left.code === right.code &&
    left.hoursHundredths === right.hoursHundredths &&
    left.subject === right.subject &&
    left.title === right.title &&
    left.attributedYear === right.attributedYear &&
    left.obtainedOn === right.obtainedOn &&
    left.platform === right.platform &&
    left.pathway === right.pathway &&
    left.assessedOn === right.assessedOn &&
    left.trace === right.trace &&
    left.sourceDigest === right.sourceDigest
  );
}

/** Reasons of entries that follow from what changed; any other one was given for all entries of a posting. */
export const DERIVED_REASONS = [
  "identity_changed",
  "posted",
  "withdrawn",
  "superseded",
  "flags_changed",
  "duplicate_changed",
  "reclassified",
] as const;

/** Reasons of postings that were given for the records that they are about; those that change with them say their own. */
export const REASONS_OF_SOME: readonly string[] = [
  ...CORRECTION_KINDS,
  ...DUPLICATE_DECISION_KINDS,
  "correction_undone",
  "rule_set_changed",
];

function reasonOf(old: Standing | null, next: Standing | null): (typeof DERIVED_REASONS)[number] {
  if (next === null) return "identity_changed";
  if (old === null) return next.state === "withdrawn" ? "withdrawn" : "posted";
  if (next.state === "withdrawn" && next.code !== old.code) return "withdrawn";
  if (old.sourceDigest !== next.sourceDigest) return "superseded";
  const isDuplicateChange = old.state === "duplicate" || next.state === "duplicate";
  if (!isDuplicateChange && sameButForFlags(old, next)) return "flags_changed";
  return isDuplicateChange ? "duplicate_changed" : "reclassified";
}

function postingOf(standing: Standing, reason: string, by: Pick<PlanInput, "actor" | "note">): EntryBody {
  return {
    kind: "posting",
    reverses: null,
    recordKey: standing.recordKey,
    slot: standing.slot,
    source: standing.source,
    recordId: standing.recordId,
    platform: standing.platform,
    state: standing.state,
    code: standing.code,
    hoursHundredths: standing.hoursHundredths,
    subject: standing.subject,
    attributedYear: standing.attributedYear,
    obtainedOn: standing.obtainedOn,
    pathway: standing.pathway,
    assessedOn: standing.assessedOn,
    recognition: standing.slot === MAIN_SLOT ? AS_REGISTERED : null,
    title: standing.title,
    trace: standing.trace,
    flags: standing.flags,
    sourceDigest: standing.sourceDigest,
    updateTimeMs: standing.updateTimeMs,
    reason,
    actor: by.actor,
    note: standing.note ?? by.note,
    nameDigest: null,
  };
}

function reversalOf(posted: PostedStanding, reason: string, by: Pick<PlanInput, "actor" | "note">): EntryBody {
  const hours = posted.hoursHundredths;
  return {
    ...postingOf(posted, reason, by),
    kind: "reversal",
    note: by.note,
    reverses: posted.sequence,
    hoursHundredths: hours === null || hours === 0 ? hours : -hours,
  };
}
