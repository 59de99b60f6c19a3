import type { RowDecision } from "@xueshi/domain";
import { instantArray, plainArray, textArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** A decision as it is kept, or one that takes another back. An unknown update time of the row is null. */
export interface RowDecisionRow {
  readonly recordKey: string;
  readonly decidedAtMs: number;
  readonly decisionId: string;
  readonly updateTimeMs: number | null;
  /** Hex. */
  readonly contentDigest: string;
  readonly kind: RowDecision["kind"] | "undo";
  /** Of an undo: the decision taken back. */
  readonly undoes: string | null;
  /** Hex; see `RowDecision`. */
  readonly standingDigest: string | null;
  readonly reason: string;
  readonly document: string | null;
  readonly actor: string;
}

/** An unknown update time is kept as the epoch: a key column takes no null. */
const UNKNOWN_TIME_MS = 0;

const columns = (sql: Sql) => sql`
  record_key AS "recordKey", decided_at AS "decidedAtMs", decision_id AS "decisionId",
  nullif(update_time, to_timestamp(0)) AS "updateTimeMs", encode(content_digest, 'hex') AS "contentDigest", kind, undoes,
  encode(corrected_digest, 'hex') AS "standingDigest", reason, document, actor`;

/** Everything that was decided of a list of records, undoes among it, oldest first. */
export async function readRowDecisions(
  tx: Sql | Transaction,
  recordKeys: readonly string[],
): Promise<RowDecisionRow[]> {
  const sql = tx as Sql;
  return sql<RowDecisionRow[]>`
    SELECT ${columns(sql)} FROM admission.row_decision WHERE record_key = ANY(${plainArray(recordKeys)}::uuid[])
    ORDER BY record_key, decided_at, decision_id`;
}

/** The decisions in force of a list of records, by record, oldest first; records nobody decided of are missing. */
export async function readDecisionsInForce(
  tx: Sql | Transaction,
  recordKeys: readonly string[],
): Promise<ReadonlyMap<string, readonly RowDecision[]>> {
  return decisionsInForce(await readRowDecisions(tx, recordKeys));
}

/** Those of a list of decisions that nobody took back, by record. */
export function decisionsInForce(rows: readonly RowDecisionRow[]): ReadonlyMap<string, readonly RowDecision[]> {
  const undone = new Set(rows.flatMap(({ undoes }) => undoes ?? []));
  const inForce = new Map<string, RowDecision[]>();
  for (const row of rows) {
    if (row.kind === "undo" || undone.has(row.decisionId)) continue;
    inForce.set(row.recordKey, [...(inForce.get(row.recordKey) ?? []), { ...row, kind: row.kind }]);
  }
  return inForce;
}

/** Records that have decisions, in order of key, from one key on. */
export async function readDecidedRecords(sql: Sql, fromKey: string, limit: number): Promise<string[]> {
  const rows = await sql`
    SELECT DISTINCT record_key FROM admission.row_decision WHERE record_key >= ${fromKey}::uuid
    ORDER BY record_key LIMIT ${limit}`.values();
  return rows.map(([recordKey]) => recordKey as string);
}

export async function writeRowDecisions(tx: Transaction, rows: readonly RowDecisionRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    INSERT INTO admission.row_decision
      (record_key, decided_at, decision_id, update_time, content_digest, kind, undoes, corrected_digest, reason, document,
       actor)
    SELECT key, decided, id, at, decode(content, 'hex'), kind, undoes, decode(standing, 'hex'), reason, document, actor
    FROM unnest(
      ${plainArray(rows.map((row) => row.recordKey))}::uuid[],
      ${instantArray(rows.map((row) => row.decidedAtMs))}::timestamptz[],
      ${plainArray(rows.map((row) => row.decisionId))}::uuid[],
      ${instantArray(rows.map((row) => row.updateTimeMs ?? UNKNOWN_TIME_MS))}::timestamptz[],
      ${plainArray(rows.map((row) => row.contentDigest))}::text[],
      ${textArray(rows.map((row) => row.kind))}::text[],
      ${plainArray(rows.map((row) => row.undoes))}::uuid[],
      ${plainArray(rows.map((row) => row.standingDigest))}::text[],
      ${textArray(rows.map((row) => row.reason))}::text[],
      ${textArray(rows.map((row) => row.document))}::text[],
      ${textArray(rows.map((row) => row.actor))}::text[]
    ) AS row (key, decided, id, at, content, kind, undoes, standing, reason, document, actor)`;
}

/** A version with the decision that leaves it out; null: it takes part again. */
export interface Voiding {
  readonly recordKey: string;
  readonly updateTimeMs: number;
  /** Hex. */
  readonly contentDigest: string;
  readonly voidedBy: string | null;
}

/** Leaves versions out, or lets them take part again; whoever calls has locked their people. */
export async function updateVoided(tx: Transaction, rows: readonly Voiding[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    UPDATE admission.version SET voided_by = said.voided
    FROM unnest(
      ${plainArray(rows.map((row) => row.recordKey))}::uuid[],
      ${instantArray(rows.map((row) => row.updateTimeMs))}::timestamptz[],
      ${plainArray(rows.map((row) => row.contentDigest))}::text[],
      ${plainArray(rows.map((row) => row.voidedBy))}::uuid[]
    ) AS said (key, at, content, voided)
    WHERE version.record_key = said.key AND version.update_time = said.at
      AND version.content_digest = decode(said.content, 'hex')`;
}

/** Why something was decided, and by whom. */
export interface DecisionNote {
  readonly reason: string;
  readonly document: string | null;
  readonly actor: string;
}

/** Why the rows or people of a batch were decided, by the id of one decision; null: there is none of that id. */
export async function readDecisionNote(
  tx: Transaction,
  decisionId: string,
  of: { readonly recordKeys: readonly string[]; readonly practitionerIds: readonly string[] },
): Promise<DecisionNote | null> {
  const [ofRow, ofPerson, ofErasure] = await Promise.all([
    tx<DecisionNote[]>`
      SELECT reason, document, actor FROM admission.row_decision
      WHERE record_key = ANY(${plainArray(of.recordKeys)}::uuid[]) AND decision_id = ${decisionId} LIMIT 1`,
    tx<DecisionNote[]>`
      SELECT reason, document, actor FROM admission.person_merge
      WHERE practitioner_id = ANY(${plainArray(of.practitionerIds)}::uuid[]) AND decision_id = ${decisionId} LIMIT 1`,
    tx<DecisionNote[]>`
      SELECT basis AS reason, document, actor FROM admission.tombstone
      WHERE practitioner_id = ANY(${plainArray(of.practitionerIds)}::uuid[]) AND erasure_id = ${decisionId} LIMIT 1`,
  ]);
  return ofRow[0] ?? ofPerson[0] ?? ofErasure[0] ?? null;
}

/** Where a decision was made, by its id alone: ids are random, so the whole of a small table is looked through. */
export async function readRowDecision(tx: Sql | Transaction, decisionId: string): Promise<RowDecisionRow | null> {
  const sql = tx as Sql;
  const [row] = await sql<RowDecisionRow[]>`
    SELECT ${columns(sql)} FROM admission.row_decision WHERE decision_id = ${decisionId}`;
  return row ?? null;
}

/** The decisions of a list of ids, and what takes them back; the whole of a small table is looked through. */
export async function readRowDecisionsOf(sql: Sql, decisionIds: readonly string[]): Promise<RowDecisionRow[]> {
  if (decisionIds.length === 0) return [];
  const ids = plainArray(decisionIds);
  return sql<RowDecisionRow[]>`
    SELECT ${columns(sql)} FROM admission.row_decision
    WHERE decision_id = ANY(${ids}::uuid[]) OR undoes = ANY(${ids}::uuid[])`;
}

/** A batch that brought a row, and when; null: there is no such row. */
export async function readRowBatch(
  sql: Sql,
  row: { readonly recordKey: string; readonly updateTimeMs: number | null; readonly contentDigest: string },
): Promise<{ readonly batchId: string; readonly occurrences: number } | null> {
  const at = instantText(row.updateTimeMs ?? UNKNOWN_TIME_MS);
  const [found] = await sql<{ batchId: string; occurrences: number }[]>`
    SELECT batch_id AS "batchId", occurrences FROM admission.version
    WHERE record_key = ${row.recordKey} AND update_time = ${at}::timestamptz
      AND content_digest = decode(${row.contentDigest}, 'hex')
    UNION ALL
    SELECT batch_id, occurrences FROM admission.refusal
    WHERE record_key = ${row.recordKey} AND update_time = ${at}::timestamptz
      AND content_digest = decode(${row.contentDigest}, 'hex')
    LIMIT 1`;
  return found ?? null;
}

/** The rows of a batch as they came, sealed, with its source and arrival; null once their retention has ended. */
export async function readSealedRows(
  sql: Sql,
  batchId: string,
): Promise<{ source: string; receivedAtMs: number; wrappedKey: Uint8Array; sealed: Uint8Array } | null> {
  const [row] = await sql<{ source: string; receivedAtMs: number; wrappedKey: Uint8Array; sealed: Uint8Array }[]>`
    SELECT batch.source, batch.received_at AS "receivedAtMs", page.wrapped_key AS "wrappedKey", page.sealed
    FROM acquisition.batch AS batch JOIN acquisition.raw_page AS page ON page.batch_id = batch.batch_id
    WHERE batch.batch_id = ${batchId}`;
  return row ?? null;
}

/** One decision about rows or people at a time, until the transaction ends: operators decide seldom. */
export async function lockDecisions(tx: Transaction): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended('decisions', 0))`;
}
