import type { Sql } from "@xueshi/database";
import { hoursToNumber } from "@xueshi/domain";

const ROWS_PER_PAGE = 1_000;
const RECORDS = `
  SELECT state.practitioner_id, state.record_key, coalesce(nullif(split_part(state.slot, '-', 1), ''), 'main') AS slot, state.slot AS place,
    entry.source, entry.record_id, entry.state, entry.code, entry.hours_hundredths AS hours, entry.platform, entry.subject,
    entry.attributed_year AS year, entry.obtained_on, entry.title, entry.flags
  FROM projection.record_state AS state JOIN ledger.entry AS entry
    ON entry.practitioner_id = state.practitioner_id AND entry.sequence = state.sequence`;
const BALANCES = `
  SELECT practitioner_id, platform, recognition, attributed_year AS year, subject, pathway, hours_hundredths AS hours
  FROM projection.balance WHERE hours_hundredths <> 0`;

/** Notes how every record and balance stands, to be compared with later; of a copy only. */
export async function noteStandings(sql: Sql): Promise<void> {
  await sql.unsafe(`
    CREATE SCHEMA scratch;
    CREATE TABLE scratch.record AS ${RECORDS};
    CREATE TABLE scratch.balance AS ${BALANCES};`);
}

type Shown = Readonly<Record<string, string | number | null>>;

/** A record of a person, or a balance, that stands otherwise than before. A person is told by their keyed digest. */
export type StandingDifference =
  | {
      readonly kind: "record";
      readonly practitionerId: string;
      readonly source: string;
      readonly recordId: string;
      /** `main`, `held` or `refused`. */
      readonly slot: string;
      readonly before: Shown | null;
      readonly after: Shown | null;
    }
  | {
      readonly kind: "balance";
      readonly practitionerId: string;
      readonly platform: string;
      readonly recognition: string;
      readonly year: number;
      readonly subject: string;
      readonly pathway: string;
      /** Hours. */
      readonly before: number;
      readonly after: number;
    };

/** What stands otherwise than noted: the records, then the balances, each by person. */
export async function* listDifferences(sql: Sql): AsyncGenerator<StandingDifference> {
  const records = sql.unsafe<RecordRow[]>(`
    SELECT coalesce(now.practitioner_id, was.practitioner_id) AS "practitionerId",
      coalesce(now.source, was.source) AS source, coalesce(now.record_id, was.record_id) AS "recordId",
      coalesce(now.slot, was.slot) AS slot, to_jsonb(was) AS before, to_jsonb(now) AS after
    FROM scratch.record AS was FULL JOIN (${RECORDS}) AS now
      ON now.practitioner_id = was.practitioner_id AND now.record_key = was.record_key AND now.place = was.place
    WHERE to_jsonb(was) IS DISTINCT FROM to_jsonb(now) ORDER BY 1, 2, 3, 4`);
  for await (const rows of records.cursor(ROWS_PER_PAGE)) {
    for (const { before, after, ...row } of rows) {
      yield { kind: "record", ...row, before: shownRecord(before), after: shownRecord(after) };
    }
  }
  const balances = sql.unsafe<BalanceRow[]>(`
    SELECT practitioner_id AS "practitionerId", platform, recognition, year, subject, pathway,
      coalesce(was.hours, 0) AS before, coalesce(now.hours, 0) AS after
    FROM scratch.balance AS was FULL JOIN (${BALANCES}) AS now
      USING (practitioner_id, platform, recognition, year, subject, pathway)
    WHERE was.hours IS DISTINCT FROM now.hours ORDER BY 1, 2, 3, 4, 5, 6`);
  for await (const rows of balances.cursor(ROWS_PER_PAGE)) {
    for (const { before, after, ...row } of rows) {
      yield { kind: "balance", ...row, before: hoursToNumber(before), after: hoursToNumber(after) };
    }
  }
}

interface RecordRow {
  readonly practitionerId: string;
  readonly source: string;
  readonly recordId: string;
  readonly slot: string;
  readonly before: Shown | null;
  readonly after: Shown | null;
}

interface BalanceRow {
  readonly practitionerId: string;
  readonly platform: string;
  readonly recognition: string;
  readonly year: number;
  readonly subject: string;
  readonly pathway: string;
  readonly before: number;
  readonly after: number;
}

function shownRecord(row: Shown | null): Shown | null {
  if (row === null) return null;
  const { state = null, code = null, hours = null, platform = null, subject = null, year = null } = row;
  const { obtained_on: obtainedOn = null, title = null, flags = null } = row;
  const number = typeof hours === "number" ? hoursToNumber(hours) : null;
  return { state, code, hours: number, platform, subject, year, obtainedOn, title, flags };
}
