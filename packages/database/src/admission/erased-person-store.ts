import { plainArray, textArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";
import { type ClassifiedTable, columnsOfKind } from "./personal-data.ts";

/**
 * Blanks or deletes what says who some people are: every column that `PERSONAL_DATA` calls `destroyed`. Whoever calls has
 * locked the people. Their rows stay, because by them they are locked and counted.
 */
export async function blankPeople(tx: Transaction, practitionerIds: readonly string[]): Promise<void> {
  const people = plainArray(practitionerIds);
  await Promise.all([
    tx`
      UPDATE admission.identity SET name_digest = '', name_variant_digest = NULL, wrapped_key = '', sealed = ''
      WHERE practitioner_id = ANY(${people}::uuid[])`,
    tx`
      UPDATE admission.version SET name_digest = '', name_variant_digest = NULL, note = NULL
      WHERE practitioner_id = ANY(${people}::uuid[])`,
  ]);
  for (const practitionerId of practitionerIds.toSorted()) {
    await tx`DELETE FROM admission.name_alias WHERE practitioner_id = ${practitionerId}`;
  }
}

/** Where operators' and sources' words about a person or a record stand, as far as admission may read them. */
const LOOKED_THROUGH = {
  "admission.person_merge": "practitioner_id",
  "admission.row_decision": "record_key",
  "ledger.entry": "practitioner_id",
} as const satisfies Partial<Record<ClassifiedTable, "practitioner_id" | "record_key">>;

/** Rows with words about some people that hold one of some texts, by table; tables without one are left out. */
export async function countWordsNaming(
  tx: Sql | Transaction,
  about: { readonly practitionerIds: readonly string[]; readonly recordKeys: readonly string[] },
  texts: readonly string[],
): Promise<{ table: string; rows: number }[]> {
  const said = texts.filter((text) => text !== "");
  if (said.length === 0) return [];
  const found: { table: string; rows: number }[] = [];
  for (const [table, key] of Object.entries(LOOKED_THROUGH)) {
    const words = columnsOfKind(table as ClassifiedTable, "words").map((column) => `coalesce(${column}, '')`);
    const statement = `
      SELECT count(*)::int AS rows FROM ${table} WHERE ${key} = ANY($1::uuid[]) AND EXISTS (
        SELECT FROM unnest($2::text[]) AS text WHERE position(text IN concat_ws(' ', ${words.join(", ")})) > 0)`;
    const keys = key === "record_key" ? about.recordKeys : about.practitionerIds;
    const [row] = await tx.unsafe<{ rows: number }[]>(statement, [plainArray(keys), textArray(said)]);
    if (row !== undefined && row.rows > 0) found.push({ table, rows: row.rows });
  }
  return found;
}
