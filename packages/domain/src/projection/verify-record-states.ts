import type { DuplicateDecision } from "../ledger/duplicate-decision.ts";
import { type Entry, MAIN_SLOT } from "../ledger/entry.ts";
import { type Competing, groupAchievements } from "../ledger/group-achievements.ts";
import { type LedgerFinding, shownValue } from "../ledger/ledger-finding.ts";
import { isCompeting, settleAchievements } from "../ledger/settle-achievements.ts";
import { achievementOf, type RecordStateRow, type StateContext } from "./record-state-of.ts";

const TABLE = "projection.record_state";
const NOTHING: readonly LedgerFinding[] = [];

export interface VerifyContext extends StateContext {
  /** What operators decided of duplicates, in force, by record. */
  readonly duplicatesOf: (recordKey: string) => readonly DuplicateDecision[];
}

/**
 * Compares the record states of a person with the postings that stand in their chain, both ways and in every column, and
 * the states of each achievement with what the same-achievement rule and operators' decisions make of it.
 * Source: ARCHITECTURE.md, invariants 2 and 15.
 */
export function verifyRecordStates(
  standing: ReadonlyMap<number, Entry>,
  kept: readonly RecordStateRow[],
  context: VerifyContext,
): LedgerFinding[] {
  const findings: LedgerFinding[] = [];
  const expected = new Map<string, Entry>();
  for (const entry of standing.values()) {
    const slot = slotOf(entry);
    if (expected.has(slot)) findings.push(postedTwice(entry));
    expected.set(slot, entry);
  }
  const competing: CompetingEntry[] = [];
  for (const state of kept) {
    const slot = slotOf(state);
    const entry = expected.get(slot);
    if (entry === undefined) {
      findings.push({ ...placeOf(state), field: null, expected: null, found: `${state.state} ${state.sequence}` });
      continue;
    }
    expected.delete(slot);
    const achievementKey = achievementOf(entry, context);
    compareState(entry, achievementKey, state, findings);
    if (isCompeting(entry)) competing.push(competingOf(entry, achievementKey));
  }
  for (const entry of expected.values()) {
    findings.push({ ...placeOf(entry), field: null, expected: `${entry.state} ${entry.sequence}`, found: null });
  }
  const decisions = new Set(competing.flatMap(({ recordKey }) => context.duplicatesOf(recordKey)));
  for (const group of groupAchievements(competing, [...decisions])) findings.push(...verifyAchievement(group));
  return findings;
}

type Place = Pick<RecordStateRow, "practitionerId" | "slot"> & { readonly recordKey: string | null };

/** A record's slot among those of one person. */
export function slotOf({ recordKey, slot }: Place): string {
  return slot === MAIN_SLOT ? (recordKey ?? "") : `${recordKey}/${slot}`;
}

function placeOf(place: Place): Pick<LedgerFinding, "code" | "table" | "key"> {
  const key = `${place.practitionerId}/${place.recordKey}/${place.slot}`;
  return { code: "record_state_differs", table: TABLE, key };
}

function postedTwice(entry: Entry): LedgerFinding {
  return {
    code: "record_posted_twice",
    table: "ledger.entry",
    key: `${entry.practitionerId}/${entry.sequence}`,
    field: "record_key",
    expected: null,
    found: slotOf(entry),
  };
}

function compareState(
  entry: Entry,
  achievementKey: string | null,
  kept: RecordStateRow,
  findings: LedgerFinding[],
): void {
  const isSame = entry.source === kept.source && entry.state === kept.state && entry.sequence === kept.sequence;
  if (isSame && achievementKey === kept.achievementKey) return;
  const columns = [
    ["source", entry.source, kept.source],
    ["state", entry.state, kept.state],
    ["achievement_key", achievementKey, kept.achievementKey],
    ["sequence", entry.sequence, kept.sequence],
  ] as const;
  for (const [field, expected, found] of columns) {
    if (expected === found) continue;
    findings.push({ ...placeOf(kept), field, expected: shownValue(expected), found: shownValue(found) });
  }
}

/** What the rule looks at, with the place of the entry. */
type CompetingEntry = Competing & Pick<Entry, "sequence" | "state" | "code">;

/** An entry that puts a record into a state names source and platform. */
function competingOf(entry: Entry, achievementKey: string | null): CompetingEntry {
  const { practitionerId, sequence, recordKey, recordId, source, platform, state, code, hoursHundredths } = entry;
  const named = {
    recordKey: recordKey ?? "",
    recordId: recordId ?? "",
    source: source ?? "",
    platform: platform ?? "",
  };
  return { ...named, practitionerId, sequence, state, code, hoursHundredths, achievementKey };
}

/** Of one achievement exactly the record counts that the rule chooses. */
function verifyAchievement(group: readonly CompetingEntry[]): readonly LedgerFinding[] {
  if (group.length === 1 && group[0]?.state === "registered") return NOTHING;
  return settleAchievements(group).flatMap((entry, at) => {
    const found = group[at]?.state ?? null;
    if (entry.state === found) return [];
    const key = `${entry.practitionerId}/${entry.sequence}`;
    return [
      { code: "duplicate_differs" as const, table: "ledger.entry", key, field: "state", expected: entry.state, found },
    ];
  });
}
