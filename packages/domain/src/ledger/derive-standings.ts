import { standingVersion } from "../admission/fold-versions.ts";
import { type JudgingContext, judgeVersion } from "../admission/judge-version.ts";
import { isHeldAsImplausible, withoutHold } from "../admission/plausibility.ts";
import { CONTENT_DIGITS, type RecordVersion, type RefusedRow } from "../admission/record-version.ts";
import { type Flag, type HoldCode, REFUSED_BY_OPERATOR } from "../admission/refusal.ts";
import { decisionOfContent, isCorrected, type RowDecision } from "../admission/row-decision.ts";
import type { Classification } from "../classification/classify-record.ts";
import { correctVersion, type RecordCorrection } from "../classification/record-correction.ts";
import type { Subject } from "../values/subject.ts";
import { MAIN_SLOT, type RecordState } from "./entry.ts";
import type { Standing } from "./standing.ts";

/** Everything known of one record: its admitted versions, its refused rows, and how to judge them. */
export interface RecordHistory {
  readonly versions: readonly RecordVersion[];
  readonly refusedRows: readonly RefusedRow[];
  /** What operators decided of its rows, in force. */
  readonly decisions: readonly RowDecision[];
  /** What operators corrected of it, in force. */
  readonly corrections: readonly RecordCorrection[];
}

export interface StandingContext extends Omit<JudgingContext, "decisions"> {
  /** Whose the records of a person are: another's where an operator found the id to be wrong. */
  readonly ownerOf: (practitionerId: string) => string;
  readonly classify: (version: RecordVersion, platform: string) => Classification;
  /** The platform of record that a source registers for on a date, or the source itself. */
  readonly platformOf: (version: Pick<RecordVersion, "source" | "obtainedOn">) => string;
}

const SETTLED = "settled_later" satisfies Flag;

/** A refused or held content with the latest time at which it was sent; null where that time could not be read. */
interface Row {
  readonly contentDigest: string;
  readonly updateTimeMs: number | null;
}

/**
 * How a record should stand, whatever order its rows came in: one main standing from the standing version among those
 * that are admitted, and one standing for each content that is held, refused by an operator, or refused and tied to a
 * person. Such a row is flagged `settled_later` once a version with a later update time was admitted. A row in whose place
 * an operator put another content stands nowhere.
 * A record that an operator took back is withdrawn whatever came since; values put right take the place of the source's.
 * The same-achievement rule comes after (`settleAchievements`): here every classified final record is `registered`.
 * Source: platforms.md, rules 1, 2, 4, 9 and 12.
 */
export function deriveStandings(history: RecordHistory, context: StandingContext): Standing[] {
  const { decisions } = history;
  const judging = { knownNames: context.knownNames, nameVariants: context.nameVariants, decisions };
  const admitted: RecordVersion[] = [];
  const voided: RecordVersion[] = [];
  const held: (RecordVersion & { readonly holdCode: HoldCode })[] = [];
  for (const version of history.versions) {
    const judgement = judgeVersion(version, judging);
    if (judgement === "admitted") admitted.push(version);
    else if (judgement === "voided") voided.push(version);
    else held.push({ ...version, holdCode: judgement });
  }
  const standings: Standing[] = [];
  const current = standingVersion(admitted);
  if (current !== null) standings.push(correctedStanding(current, history.corrections, context));
  const currentMs = current?.updateTimeMs ?? null;
  for (const version of latestOfEachContent(held)) {
    const standing = mainStanding(version, context);
    const flags = flagsOfRow(version.flags, version, currentMs);
    standings.push({ ...standing, ...rowSlot("held", version), state: "held", code: version.holdCode, flags });
  }
  if (history.refusedRows.length === 0 && voided.length === 0) return standings;
  const refused = history.refusedRows.filter((row) => !isCorrected(row, decisions));
  for (const row of latestOfEachContent([...refused, ...refusedByOperator(voided, history)])) {
    if (row.practitionerId === null) continue;
    const flags = flagsOfRow("", row, currentMs);
    standings.push({ ...refusedStanding(row, row.practitionerId, context), flags });
  }
  return standings;
}

/** What a refused standing is made of. */
type RefusedContent = Omit<RefusedRow, "code"> & { readonly code: string };

/** Versions whose content an operator refused; where the row itself is refused too, that is the reason. */
function refusedByOperator(voided: readonly RecordVersion[], history: RecordHistory): RefusedContent[] {
  const refused = new Set(history.refusedRows.map((row) => row.contentDigest));
  return voided
    .filter(({ contentDigest }) => decisionOfContent(contentDigest, history.decisions)?.kind === "refuse")
    .filter(({ contentDigest }) => !refused.has(contentDigest))
    .map((version) => ({ ...version, code: REFUSED_BY_OPERATOR }));
}

function latestOfEachContent<R extends Row>(rows: readonly R[]): Iterable<R> {
  if (rows.length < 2) return rows;
  const latest = new Map<string, R>();
  const timeOf = (row: Row) => row.updateTimeMs ?? Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const content = row.contentDigest.slice(0, CONTENT_DIGITS);
    const other = latest.get(content);
    if (other === undefined || timeOf(other) < timeOf(row)) latest.set(content, row);
  }
  return latest.values();
}

/** A row without a readable update time is never taken as settled. */
function flagsOfRow(flags: string, row: Row, currentMs: number | null): string {
  if (row.updateTimeMs === null || currentMs === null || currentMs <= row.updateTimeMs) return flags;
  return flags === "" ? SETTLED : `${flags},${SETTLED}`;
}

/** The state is part of it: the digest leaves out the update time, so one content can be refused and held. */
function rowSlot(state: "held" | "refused", row: Row): Pick<Standing, "slot" | "achievementKey"> {
  return { slot: `${state}-${row.contentDigest.slice(0, CONTENT_DIGITS)}`, achievementKey: null };
}

/** The main standing of a version, as corrections put it right: its trace names what they changed. */
function correctedStanding(
  standing: RecordVersion,
  corrections: readonly RecordCorrection[],
  context: StandingContext,
): Standing {
  const { version, revokedFor, corrected, note } = correctVersion(standing, corrections);
  const main = mainStanding(version, context);
  if (corrected.length === 0 && revokedFor === null) return main;
  const trace = corrected.length === 0 ? main.trace : `${main.trace};corrected=${corrected.join(",")}`;
  const said = { ...main, trace, note: note ?? main.note };
  return revokedFor === null ? said : { ...said, state: "withdrawn", code: revokedFor, achievementKey: null };
}

/** The first that applies: withdrawn, not_registered, unclassified, registered (platforms.md, rule 1). */
function stateOf(version: RecordVersion, subject: Subject | null): RecordState {
  if (version.status === "withdrawn") return "withdrawn";
  if (version.status !== "final") return "not_registered";
  return subject === null ? "unclassified" : "registered";
}

function mainStanding(version: RecordVersion, context: StandingContext): Standing {
  const platform = context.platformOf(version);
  const { subject, trace, achievementKey } = context.classify(version, platform);
  const state = stateOf(version, subject);
  const isRegistered = state === "registered";
  return {
    practitionerId: context.ownerOf(version.practitionerId),
    recordKey: version.recordKey,
    slot: MAIN_SLOT,
    source: version.source,
    recordId: version.recordId,
    platform,
    state,
    code: isRegistered ? null : state,
    hoursHundredths: version.hoursHundredths,
    subject,
    attributedYear: version.attributedYear,
    obtainedOn: version.obtainedOn,
    pathway: version.pathway,
    assessedOn: version.assessedOn,
    title: version.title,
    trace,
    // What is admitted is held no more, whatever its rule says.
    flags: isHeldAsImplausible(version) ? withoutHold(version.flags) : version.flags,
    note: version.note,
    sourceDigest: version.contentDigest,
    updateTimeMs: version.updateTimeMs,
    achievementKey: isRegistered ? achievementKey : null,
  };
}

function refusedStanding(row: RefusedContent, practitionerId: string, context: StandingContext): Standing {
  return {
    practitionerId: context.ownerOf(practitionerId),
    recordKey: row.recordKey,
    ...rowSlot("refused", row),
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
    assessedOn: null,
    title: row.title,
    trace: null,
    flags: "",
    note: null,
    sourceDigest: row.contentDigest,
    updateTimeMs: row.updateTimeMs,
  };
}
