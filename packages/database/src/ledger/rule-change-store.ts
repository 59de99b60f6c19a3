import { plainArray, textArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";
import { readPractitionerIds } from "./head-store.ts";

/** A source that registers for a platform of record on some days, as the rules in force say it. */
export interface KeptRoute {
  readonly source: string;
  readonly platform: string;
  readonly from: string;
  readonly until: string | null;
}

/** `superseded`: the rules changed again before everybody was looked at, and the next change looks at those too. */
export type RuleChangeState = "running" | "done" | "superseded";

export interface RuleChangeRow {
  /** From 1. */
  readonly change: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly state: RuleChangeState;
  readonly activations: number;
  readonly routes: readonly KeptRoute[];
  /** Whose records are looked at; null: all. */
  readonly sources: readonly string[] | null;
  /** Whoever was looked at last; null: nobody. */
  readonly afterId: string | null;
  /** People who were looked at, those of them of whom something was posted, and the entries. */
  readonly people: number;
  readonly changed: number;
  readonly entries: number;
}

const columns = (sql: Sql) => sql`
  change, started_at AS "startedAtMs", ended_at AS "endedAtMs", state, activations, routes, sources,
  after_id AS "afterId", people, changed, entries`;

/** Lets one transaction at a time work on changes of rules, without waiting; false: another one does. */
export async function tryLockRuleChanges(tx: Transaction): Promise<boolean> {
  const [row] = await tx<{ held: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(hashtextextended('rule changes', 0)) AS held`;
  return row?.held === true;
}

/** Changes, newest first, before one of them; null: from the newest. */
export async function readRuleChanges(
  tx: Sql | Transaction,
  before: number | null,
  limit: number,
): Promise<RuleChangeRow[]> {
  const sql = tx as Sql;
  return sql<RuleChangeRow[]>`
    SELECT ${columns(sql)} FROM ledger.rule_change
    WHERE ${before}::int IS NULL OR change < ${before}::int ORDER BY change DESC LIMIT ${limit}`;
}

export async function writeRuleChange(tx: Transaction, row: RuleChangeRow): Promise<void> {
  const endedAt = row.endedAtMs === null ? null : instantText(row.endedAtMs);
  await tx`
    INSERT INTO ledger.rule_change
      (change, started_at, ended_at, state, activations, routes, sources, after_id, people, changed, entries)
    VALUES (${row.change}, ${instantText(row.startedAtMs)}::timestamptz, ${endedAt}::timestamptz, ${row.state},
      ${row.activations}, ${JSON.stringify(row.routes)}::text::json,
      ${row.sources === null ? null : textArray(row.sources)}::text[], ${row.afterId}, ${row.people}, ${row.changed},
      ${row.entries})`;
}

/** Moves a change on; the caller holds the lock. */
export async function advanceRuleChange(
  tx: Transaction,
  row: Pick<RuleChangeRow, "change" | "state" | "endedAtMs" | "afterId" | "people" | "changed" | "entries">,
): Promise<void> {
  const endedAt = row.endedAtMs === null ? null : instantText(row.endedAtMs);
  await tx`
    UPDATE ledger.rule_change SET state = ${row.state}, ended_at = ${endedAt}::timestamptz, after_id = ${row.afterId},
      people = ${row.people}, changed = ${row.changed}, entries = ${row.entries}
    WHERE change = ${row.change}`;
}

/** People whose chains one statement looks at: bounds how long it takes, however few of them have what is looked for. */
const PEOPLE_PER_LOOK = 2_000;

/** People in order of id, and how far everybody was looked at. */
export interface PeopleOfSources {
  readonly people: readonly string[];
  /** Whoever was looked at last; null: there was nobody. */
  readonly lastId: string | null;
  readonly isEnd: boolean;
}

/** People whose records of some sources (null: of all) stand in the ledger, in order of id, after one of them. */
export async function readPeopleOfSources(
  tx: Transaction,
  query: { readonly sources: readonly string[] | null; readonly afterId: string | null; readonly limit: number },
): Promise<PeopleOfSources> {
  const { sources, afterId, limit } = query;
  const looked = await readPractitionerIds(tx, afterId, PEOPLE_PER_LOOK);
  const rows = await tx`
    SELECT DISTINCT practitioner_id FROM projection.record_state
    WHERE practitioner_id = ANY(${plainArray(looked)}::uuid[])
      AND (${sources === null}::boolean OR source = ANY(${textArray(sources ?? [])}::text[]))
    ORDER BY practitioner_id LIMIT ${limit + 1}`.values();
  const found = rows.map(([practitionerId]) => practitionerId as string);
  const people = found.slice(0, limit);
  if (found.length > limit) return { people, lastId: people.at(-1) ?? null, isEnd: false };
  return { people, lastId: looked.at(-1) ?? null, isEnd: looked.length < PEOPLE_PER_LOOK };
}

/** The records of some sources (null: of all) that stand in the chains of a list of people. */
export async function readStandingKeysOfSources(
  tx: Transaction,
  practitionerIds: readonly string[],
  sources: readonly string[] | null,
): Promise<string[]> {
  const rows = await tx`
    SELECT DISTINCT record_key FROM projection.record_state
    WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[])
      AND (${sources === null}::boolean OR source = ANY(${textArray(sources ?? [])}::text[]))`.values();
  return rows.map(([recordKey]) => recordKey as string);
}
