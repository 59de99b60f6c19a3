import { standingVersion } from "../admission/fold-versions.ts";
import type { RecordVersion, RefusedRow } from "../admission/record-version.ts";
import type { Classification } from "../classification/classify-record.ts";
import { MAIN_SLOT, type RecordState } from "./entry.ts";
import type { Standing } from "./standing.ts";

/** Everything known of one record: its admitted versions, its refused rows, and how to judge them. */
export interface RecordHistory {
  readonly versions: readonly RecordVersion[];
  readonly refusedRows: readonly RefusedRow[];
}

export interface StandingContext {
  /** Keyed digest of the person's known name; undefined while the person has none. */
  readonly knownNameDigest: (practitionerId: string) => string | undefined;
  readonly classify: (version: RecordVersion, platform: string) => Classification;
  /** The platform of record that a source registers for on a date, or the source itself. */
  readonly platformOf: (version: Pick<RecordVersion, "source" | "obtainedOn">) => string;
}

const SLOT_LENGTH = 32;

/**
 * How a record should stand, whatever order its rows came in: one main standing from the standing version among those
 * that are not held, and one standing for each held row and each refused row that is tied to a person.
 * The same-achievement rule comes after (`settleAchievements`): here every classified final record is `registered`.
 * Source: platforms.md, rules 1, 2 and 4.
 */
export function deriveStandings(history: RecordHistory, context: StandingContext): Standing[] {
  const admitted: RecordVersion[] = [];
  const held = new Map<string, RecordVersion>();
  for (const version of history.versions) {
    if (context.knownNameDigest(version.practitionerId) === version.nameDigest) {
      admitted.push(version);
      continue;
    }
    const earlier = held.get(version.contentDigest);
    if (earlier === undefined || earlier.updateTimeMs < version.updateTimeMs) held.set(version.contentDigest, version);
  }
  const standings: Standing[] = [];
  const current = standingVersion(admitted);
  if (current !== null) standings.push(mainStanding(current, context));
  for (const version of held.values()) {
    const slot = version.contentDigest.slice(0, SLOT_LENGTH);
    standings.push({
      ...fromVersion(version, context),
      slot,
      state: "held",
      code: "identity_conflict",
      achievementKey: null,
    });
  }
  for (const row of history.refusedRows) {
    if (row.practitionerId !== null) standings.push(refusedStanding(row, row.practitionerId, context));
  }
  return standings;
}

function mainStanding(version: RecordVersion, context: StandingContext): Standing {
  const standing = fromVersion(version, context);
  const state = stateOf(version, standing);
  return {
    ...standing,
    state,
    code: state === "registered" ? null : state,
    achievementKey: state === "registered" ? standing.achievementKey : null,
  };
}

/** The first that applies: withdrawn, not_registered, unclassified, registered (platforms.md, rule 1). */
function stateOf(version: RecordVersion, standing: Standing): RecordState {
  if (version.status === "withdrawn") return "withdrawn";
  if (version.status !== "final") return "not_registered";
  return standing.subject === null ? "unclassified" : "registered";
}

function fromVersion(version: RecordVersion, context: StandingContext): Standing {
  const platform = context.platformOf(version);
  const { subject, trace, achievementKey } = context.classify(version, platform);
  return {
    practitionerId: version.practitionerId,
    recordKey: version.recordKey,
    slot: MAIN_SLOT,
    source: version.source,
    recordId: version.recordId,
    platform,
    state: "registered",
    code: null,
    hoursHundredths: version.hoursHundredths,
    subject,
    attributedYear: version.attributedYear,
    obtainedOn: version.obtainedOn,
    pathway: version.pathway,
    title: version.title,
    trace,
    flags: version.flags,
    note: version.note,
    sourceDigest: version.contentDigest,
    updateTimeMs: version.updateTimeMs,
    achievementKey,
  };
}

function refusedStanding(row: RefusedRow, practitionerId: string, context: StandingContext): Standing {
  return {
    practitionerId,
    recordKey: row.recordKey,
    slot: row.contentDigest.slice(0, SLOT_LENGTH),
    source: row.source,
    recordId: row.recordId,
    platform: context.platformOf(row),
    state: "refused",
    code: row.code,
    hoursHundredths: null,
    subject: null,
    attributedYear: row.attributedYear,
    obtainedOn: row.obtainedOn,
    pathway: null,
    title: row.title,
    trace: null,
    flags: "",
    note: null,
    sourceDigest: row.contentDigest,
    updateTimeMs: row.updateTimeMs,
    achievementKey: null,
  };
}
