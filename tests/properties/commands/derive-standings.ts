import {
  markDuplicates,
  type Row,
  type SettledRecord,
  type Subject,
  standing,
  stateAlone,
} from "../../oracle/index.ts";
import { knownName, type ModelState, sameRow, statusOf, versionsOf } from "../decision-model.ts";
import { PEOPLE } from "../dense-rows.ts";
import type {
  ApartRow,
  Corrected,
  LedgerFacts,
  MainRecord,
  RecordCorrection,
  Revocation,
  Standings,
} from "./ledger-model.ts";
import { type LedgerRow, recordOf, rowsOf } from "./read-intake.ts";
import { settleDecided } from "./settle-decided.ts";

/** The source that registers for a platform of record by the rules. */
const ROUTED = "demo-training";

/** How everything must stand once all of it is posted, by the rules alone. */
export function deriveStandings(facts: LedgerFacts): Standings {
  const state = judgingOf(facts);
  const main: MainRecord[] = [];
  const apart: ApartRow[] = [];
  for (const record of new Set(state.rows.map((row) => row.recordId))) {
    const current = currentOf(state, record);
    if (current !== undefined) main.push(settleMain(current, facts));
    apart.push(...apartOf(state, record, facts));
  }
  const besides = new Set(facts.subjects.flatMap(({ record }) => (countsBesides(facts, record) ? [record] : [])));
  if (facts.duplicates.length > 0) {
    return { main: settleDecided(main, besides, facts.duplicates), apart, names: namesOf(state) };
  }
  const exempt = main.filter((one) => besides.has(recordOf(one)));
  const settled = markDuplicates(main, new Set(exempt.map((one) => JSON.stringify([one.platform, one.recordId]))));
  return { main: settled, apart, names: namesOf(state) };
}

export function judgingOf(facts: LedgerFacts): ModelState<LedgerRow> {
  const merges = new Map([...facts.merges].map(([from, { into }]) => [from, into]));
  const rows = rowsOf(facts.intake, facts.categories);
  return {
    rows,
    decisions: facts.rowDecisions,
    merges,
    claims: facts.claims,
    implausibleHours: Number.POSITIVE_INFINITY,
  };
}

/** The version of a record that stands among those that are admitted. */
export function currentOf(state: ModelState<LedgerRow>, record: string): LedgerRow | undefined {
  const admitted = versionsOf(state, record).filter((version) => statusOf(state, version) === "admitted");
  const first = standing(admitted.map(({ said }) => said));
  return admitted.find(({ said }) => said === first);
}

function namesOf(state: ModelState<LedgerRow>): Map<number, string> {
  return new Map(
    PEOPLE.flatMap((_, person): [number, string][] => {
      const name = knownName(state, person);
      return name === undefined ? [] : [[person, name]];
    }),
  );
}

/** The newest decision that speaks of a topic and was not taken back. */
function newestOf(facts: LedgerFacts, record: string, topic: "subject" | "duplicate") {
  return facts.subjects.findLast((one) => one.record === record && (one.topic === topic || one.topic === "all"));
}

export function decidedSubject(facts: LedgerFacts, record: string): Subject | null {
  return newestOf(facts, record, "subject")?.subject ?? null;
}

export function countsBesides(facts: LedgerFacts, record: string): boolean {
  return newestOf(facts, record, "duplicate")?.countsBesides ?? false;
}

function ownerOf(facts: LedgerFacts, person: number): number {
  return facts.merges.get(person)?.into ?? person;
}

function settleMain(current: LedgerRow, facts: LedgerFacts): MainRecord {
  const record = current.recordId;
  const ofRecord = facts.corrections.filter((one) => one.record === record);
  const corrected = putRight(current.said, ofRecord);
  const subject = decidedSubject(facts, record) ?? corrected.subject;
  const said: Row = { ...corrected, subject };
  const revoked = revocationOf(ofRecord);
  const owner = ownerOf(facts, current.person);
  const authority = said.platform === ROUTED ? facts.rules.route : said.authority;
  const { platform, recordId, hoursHundredths, attributedYear, obtainedOn, title } = said;
  const settled: Omit<SettledRecord, "state"> = {
    ...{ platform, authority, recordId, personId: PEOPLE[owner]?.idNumber ?? "", hoursHundredths, subject },
    ...{ attributedYear, obtainedOn, title },
  };
  return { ...settled, state: revoked === null ? stateAlone(said) : "withdrawn", owner, revoked };
}

/** Whatever was revoked stays revoked; of several reasons fraud is told first, then an error, then a withdrawal. */
function revocationOf(corrections: readonly RecordCorrection[]): Revocation | null {
  const order: readonly Revocation[] = ["revoked_for_fraud", "administrative_error", "withdrawn_by_operator"];
  return order.find((code) => corrections.some(({ revokes }) => revokes === code)) ?? null;
}

const FIELDS = [
  "hoursHundredths",
  "attributedYear",
  "obtainedOn",
  "title",
] as const satisfies readonly (keyof Corrected)[];

/** Hours that nobody can read are none. */
export function saidIn(row: Row, field: keyof Corrected): string | number {
  return row[field] ?? 0;
}

/** Each value by the newest correction that found just what the source still says; a year that follows does so again. */
function putRight(row: Row, corrections: readonly RecordCorrection[]): Row {
  const changed: Record<string, string | number> = {};
  for (const field of FIELDS) {
    const said = saidIn(row, field);
    const newest = corrections.findLast(({ was, becomes }) => becomes[field] !== undefined && was[field] === said);
    if (newest !== undefined) changed[field] = newest.becomes[field] ?? "";
  }
  const { obtainedOn, attributedYear } = changed;
  const follows = row.yearFollows && obtainedOn !== undefined && attributedYear === undefined;
  return { ...row, ...changed, ...(follows ? { attributedYear: Number(String(obtainedOn).slice(0, 4)) } : {}) };
}

/** What of a record is held or refused, each content once. */
function apartOf(state: ModelState<LedgerRow>, record: string, facts: LedgerFacts): ApartRow[] {
  const found = new Map<string, ApartRow>();
  const refused = state.rows.filter((row) => row.recordId === record && row.hours === null);
  for (const row of refused) {
    if (state.decisions.some((one) => one.kind === "correct" && sameRow(one.row, row))) continue;
    const owner = ownerOf(facts, row.person);
    found.set(`refused ${row.content}`, { record, owner, state: "refused", code: "hours_invalid", said: null });
  }
  for (const version of versionsOf(state, record)) {
    const status = statusOf(state, version);
    if (status === "admitted" || status === "left_out") continue;
    const owner = ownerOf(facts, version.person);
    if (status === "refused_by_operator") {
      if (refused.some(({ content }) => content === version.content)) continue;
      found.set(`refused ${version.content}`, { record, owner, state: "refused", code: status, said: null });
    } else {
      found.set(`held ${version.content}`, { record, owner, state: "held", code: status, said: version.said });
    }
  }
  return [...found.values()];
}
