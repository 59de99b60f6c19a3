import { plainArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** A decision that a person's records are another's; `intoPractitionerId` null: that the merge before is taken back. */
export interface PersonMergeRow {
  readonly practitionerId: string;
  readonly decidedAtMs: number;
  readonly decisionId: string;
  readonly intoPractitionerId: string | null;
  readonly reason: string;
  readonly document: string | null;
  readonly actor: string;
}

const columns = (sql: Sql) => sql`
  practitioner_id AS "practitionerId", decided_at AS "decidedAtMs", decision_id AS "decisionId",
  into_practitioner_id AS "intoPractitionerId", reason, document, actor`;

/** Whose the records of a person are: now (null: the person's own), and whose they ever were. */
export interface Ownership {
  readonly into: string | null;
  readonly ever: readonly string[];
}

/** Whose the records of a list of people are, for those of whom it was ever decided. */
export async function readOwnerships(
  tx: Sql | Transaction,
  practitionerIds: readonly string[],
): Promise<ReadonlyMap<string, Ownership>> {
  const rows = await (tx as Sql)<{ practitionerId: string; into: string | null }[]>`
    SELECT practitioner_id AS "practitionerId", into_practitioner_id AS "into"
    FROM admission.person_merge WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[])
    ORDER BY practitioner_id, decided_at, decision_id`;
  const ownerships = new Map<string, Ownership>();
  for (const { practitionerId, into } of rows) {
    const ever = ownerships.get(practitionerId)?.ever ?? [];
    ownerships.set(practitionerId, { into, ever: into === null ? ever : [...new Set([...ever, into])] });
  }
  return ownerships;
}

/** The people whose records are, or ever were, a person's by a merge. */
export async function readMergedFrom(
  tx: Sql | Transaction,
  practitionerIds: readonly string[],
): Promise<ReadonlyMap<string, Ownership>> {
  const sql = tx as Sql;
  const rows = await sql<{ id: string }[]>`
    SELECT DISTINCT practitioner_id AS id FROM admission.person_merge
    WHERE into_practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[])`;
  const people = rows.map(({ id }) => id);
  return readOwnerships(sql, people);
}

/** Every decision about the records of one person, oldest first. */
export async function readMergesOf(tx: Transaction, practitionerId: string): Promise<PersonMergeRow[]> {
  const sql = tx as unknown as Sql;
  return sql<PersonMergeRow[]>`
    SELECT ${columns(sql)} FROM admission.person_merge WHERE practitioner_id = ${practitionerId}
    ORDER BY decided_at, decision_id`;
}

/** A decision by its id; ids are random, so the whole of a small table is looked through. */
export async function readPersonMerge(tx: Sql | Transaction, decisionId: string): Promise<PersonMergeRow | null> {
  const sql = tx as Sql;
  const [row] = await sql<PersonMergeRow[]>`
    SELECT ${columns(sql)} FROM admission.person_merge WHERE decision_id = ${decisionId}`;
  return row ?? null;
}

/** Ids of the decisions by which records of a list of people are others' now. */
export async function readOwnershipDecisions(
  sql: Sql,
  practitionerIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await sql<{ decisionId: string; into: string | null }[]>`
    SELECT DISTINCT ON (practitioner_id) decision_id AS "decisionId", into_practitioner_id AS "into"
    FROM admission.person_merge WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[])
    ORDER BY practitioner_id, decided_at DESC, decision_id DESC`;
  return new Set(rows.filter(({ into }) => into !== null).map(({ decisionId }) => decisionId));
}

/** All decisions, in order of person, after one of them. */
export async function readPersonMerges(
  sql: Sql,
  after: Pick<PersonMergeRow, "practitionerId" | "decidedAtMs" | "decisionId"> | null,
  limit: number,
): Promise<PersonMergeRow[]> {
  return sql<PersonMergeRow[]>`
    SELECT ${columns(sql)} FROM admission.person_merge
    WHERE ${after === null} OR (practitioner_id, decided_at, decision_id) > (${after?.practitionerId ?? null}::uuid,
      ${instantText(after?.decidedAtMs ?? 0)}::timestamptz, ${after?.decisionId ?? null}::uuid)
    ORDER BY practitioner_id, decided_at, decision_id LIMIT ${limit}`;
}

export async function writePersonMerge(tx: Transaction, merge: PersonMergeRow): Promise<void> {
  await tx`
    INSERT INTO admission.person_merge
      (practitioner_id, decided_at, decision_id, into_practitioner_id, reason, document, actor)
    VALUES (${merge.practitionerId}, ${instantText(merge.decidedAtMs)}::timestamptz, ${merge.decisionId},
      ${merge.intoPractitionerId}, ${merge.reason}, ${merge.document}, ${merge.actor})`;
}
