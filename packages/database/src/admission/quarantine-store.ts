import type { Sql } from "../connection/connect.ts";

/** Records with a refused row, in order of key, from one key on; narrowed to a source or a code where one is given. */
export async function readRefusedRecords(
  sql: Sql,
  query: {
    readonly fromKey: string;
    readonly source: string | null;
    readonly code: string | null;
    readonly limit: number;
  },
): Promise<string[]> {
  const { fromKey, source, code, limit } = query;
  const rows = await sql`
    SELECT DISTINCT record_key FROM admission.refusal
    WHERE record_key >= ${fromKey}::uuid AND (${source}::text IS NULL OR source = ${source})
      AND (${code}::text IS NULL OR code = ${code})
    ORDER BY record_key LIMIT ${limit}`.values();
  return rows.map(([recordKey]) => recordKey as string);
}

/** What a look over a part of the versions found, and at which record the next look begins; null: this was the last. */
export interface VersionLook {
  readonly recordKeys: readonly string[];
  readonly nextKey: string | null;
}

/** Records of which two contents carry the same update time, among about so many versions from one key on. */
export async function readRivalRecords(sql: Sql, fromKey: string, versions: number): Promise<VersionLook> {
  const nextKey = await readLookEnd(sql, fromKey, versions);
  const rows = await sql`
    SELECT DISTINCT record_key FROM (
      SELECT record_key FROM admission.version
      WHERE record_key >= ${fromKey}::uuid AND (${nextKey}::uuid IS NULL OR record_key < ${nextKey}::uuid)
      GROUP BY record_key, update_time HAVING count(*) > 1
    ) AS rival ORDER BY record_key`.values();
  return { recordKeys: rows.map(([recordKey]) => recordKey as string), nextKey };
}

/** Records of which a version carries a flag, among about so many versions from one key on. */
export async function readFlaggedRecords(sql: Sql, fromKey: string, versions: number): Promise<VersionLook> {
  const nextKey = await readLookEnd(sql, fromKey, versions);
  const rows = await sql`
    SELECT DISTINCT record_key FROM admission.version
    WHERE record_key >= ${fromKey}::uuid AND (${nextKey}::uuid IS NULL OR record_key < ${nextKey}::uuid)
      AND flags <> ''
    ORDER BY record_key`.values();
  return { recordKeys: rows.map(([recordKey]) => recordKey as string), nextKey };
}

/** The first record behind about so many versions; one index range, whatever is stored. A record is never cut. */
async function readLookEnd(sql: Sql, fromKey: string, versions: number): Promise<string | null> {
  const [row] = await sql<{ key: string }[]>`
    SELECT record_key AS key FROM admission.version WHERE record_key > ${fromKey}::uuid
    ORDER BY record_key OFFSET ${versions} LIMIT 1`;
  return row?.key ?? null;
}
