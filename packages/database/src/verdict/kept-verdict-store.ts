import { plainArray } from "../connection/array-text.ts";
import { instantText, type Sql } from "../connection/connect.ts";
import { copyRows } from "../connection/copy-rows.ts";

/** A verdict that was kept: the bytes of its answer, and the canonical decision that a replay must give again. */
export interface KeptVerdict {
  readonly practitionerId: string;
  readonly verdictId: string;
  readonly keptAtMs: number;
  /** The key that asked for it. */
  readonly keyId: string;
  readonly answer: string;
  readonly decision: string;
  /** Keyed digest (hex) over all of the row; null in rows from before there were seals. */
  readonly seal: string | null;
}

/** Keeps verdicts, all in one statement. */
export async function writeKeptVerdicts(sql: Sql, verdicts: readonly KeptVerdict[]): Promise<void> {
  if (verdicts.length === 0) return;
  await sql`
    INSERT INTO verdict.kept_verdict (practitioner_id, verdict_id, kept_at, key_id, answer, decision, seal)
    SELECT id, verdict, at, key, answer, decision, decode(seal, 'hex') FROM unnest(
      ${verdicts.map((verdict) => verdict.practitionerId)}::uuid[],
      ${verdicts.map((verdict) => verdict.verdictId)}::text[],
      ${verdicts.map((verdict) => instantText(verdict.keptAtMs))}::timestamptz[],
      ${verdicts.map((verdict) => verdict.keyId)}::uuid[],
      ${verdicts.map((verdict) => verdict.answer)}::text[],
      ${verdicts.map((verdict) => verdict.decision)}::text[],
      ${verdicts.map((verdict) => verdict.seal)}::text[]
    ) AS kept (id, verdict, at, key, answer, decision, seal)`;
}

/** A kept verdict by its primary key, or null. */
export async function readKeptVerdict(
  sql: Sql,
  practitionerId: string,
  verdictId: string,
): Promise<KeptVerdict | null> {
  const [row] = await sql<KeptVerdict[]>`
    SELECT practitioner_id AS "practitionerId", verdict_id AS "verdictId", kept_at AS "keptAtMs", key_id AS "keyId",
      answer, decision, encode(seal, 'hex') AS seal
    FROM verdict.kept_verdict WHERE practitioner_id = ${practitionerId} AND verdict_id = ${verdictId}`;
  return row ?? null;
}

/** A page of a person's kept verdicts in order of their ids, after one of them (empty: from the first). */
export async function readKeptPage(
  sql: Sql,
  practitionerId: string,
  afterVerdictId: string,
  limit: number,
): Promise<Pick<KeptVerdict, "verdictId" | "keptAtMs" | "keyId" | "answer">[]> {
  return sql<Pick<KeptVerdict, "verdictId" | "keptAtMs" | "keyId" | "answer">[]>`
    SELECT verdict_id AS "verdictId", kept_at AS "keptAtMs", key_id AS "keyId", answer
    FROM verdict.kept_verdict WHERE practitioner_id = ${practitionerId} AND verdict_id > ${afterVerdictId}
    ORDER BY verdict_id LIMIT ${limit}`;
}

/** Verdicts of some people, kept since an instant by some keys (null: by any), the newest of each person first. */
export async function readKeptVerdictsOf(
  sql: Sql,
  practitionerIds: readonly string[],
  keyIds: readonly string[] | null,
  keptSinceMs: number,
): Promise<KeptVerdict[]> {
  if (practitionerIds.length === 0) return [];
  const keys = keyIds === null ? null : plainArray(keyIds);
  return sql<KeptVerdict[]>`
    SELECT practitioner_id AS "practitionerId", verdict_id AS "verdictId", kept_at AS "keptAtMs", key_id AS "keyId",
      answer, decision, encode(seal, 'hex') AS seal
    FROM verdict.kept_verdict
    WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[]) AND kept_at >= ${instantText(keptSinceMs)}::timestamptz
      AND (${keys}::uuid[] IS NULL OR key_id = ANY(${keys}::uuid[]))
    ORDER BY practitioner_id, kept_at DESC, verdict_id`;
}

/** Every kept verdict, some at a time, person by person. */
export function copyKeptVerdicts(sql: Sql): AsyncGenerator<KeptVerdict[]> {
  const select = `SELECT practitioner_id, verdict_id, kept_at, key_id, answer, decision, seal
    FROM verdict.kept_verdict ORDER BY practitioner_id, verdict_id`;
  return copyRows(sql, select, (row) => ({
    practitionerId: row.uuid(0) ?? "",
    verdictId: row.text(1) ?? "",
    keptAtMs: row.instantMs(2) ?? 0,
    keyId: row.uuid(3) ?? "",
    answer: row.text(4) ?? "",
    decision: row.text(5) ?? "",
    seal: row.hex(6),
  }));
}
