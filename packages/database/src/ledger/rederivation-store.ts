import type { Sql } from "../connection/connect.ts";
import { copyRows } from "../connection/copy-rows.ts";
import { inScope, type PersonScope } from "./person-range.ts";

/** The records of which admitted or refused rows name some people, each once. */
export async function readRecordKeysOfPeople(sql: Sql, scope: PersonScope): Promise<string[]> {
  const select = `
    SELECT record_key FROM admission.version WHERE ${inScope(scope)}
    UNION SELECT record_key FROM admission.refusal WHERE ${inScope(scope)}`;
  const keys: string[] = [];
  for await (const some of copyRows(sql, select, (row) => row.uuid(0) ?? "")) keys.push(...some);
  return keys;
}

/** What is stored and not posted yet: records, people and sources that may stand otherwise until it is. */
export interface Unposted {
  readonly batches: number;
  readonly recordKeys: readonly string[];
  readonly practitionerIds: readonly string[];
  /** Platforms of whose course catalogue the ledger has not been told to the end. */
  readonly platforms: readonly string[];
}

export async function readUnposted(sql: Sql): Promise<Unposted> {
  const batches = await sql<{ keys: string[]; people: string[] }[]>`
    SELECT record_keys AS keys, practitioner_ids AS people FROM acquisition.batch WHERE posted_at IS NULL`;
  const catalogues = await sql<{ platform: string }[]>`
    SELECT platform FROM (
      SELECT DISTINCT ON (platform) platform, unsettled_codes FROM acquisition.catalogue ORDER BY platform, fetched_at DESC
    ) AS in_force
    WHERE unsettled_codes IS DISTINCT FROM '{}'::text[]`;
  return {
    batches: batches.length,
    recordKeys: [...new Set(batches.flatMap(({ keys }) => keys))],
    practitionerIds: [...new Set(batches.flatMap(({ people }) => people))],
    platforms: catalogues.map(({ platform }) => platform),
  };
}
