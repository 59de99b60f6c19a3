import type { Sql, Transaction } from "../connection/connect.ts";

/** Everybody from one practitioner id on to before another; null: to the end. */
export interface PersonRange {
  readonly fromId: string;
  readonly beforeId: string | null;
}

/** Whose rows are meant. */
export type PersonScope = PersonRange | { readonly ids: readonly string[] };

const FIRST_ID = "00000000-0000-0000-0000-000000000000";
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Cuts everybody into ranges of about so many entries, by what the heads say; the ranges leave nobody out, also where heads
 * are wrong.
 */
export async function cutPersonRanges(sql: Sql | Transaction, entriesPerRange: number): Promise<PersonRange[]> {
  const rows = await (sql as Sql)`
    SELECT min(practitioner_id::text)::uuid FROM (
      SELECT practitioner_id,
        (sum(sequence) OVER (ORDER BY practitioner_id) - sequence)::bigint / ${entriesPerRange}::bigint AS part
      FROM ledger.head WHERE sequence > 0
    ) AS head
    GROUP BY part ORDER BY 1`.values();
  const bounds = rows.slice(1).map(([id]) => id as string);
  return [FIRST_ID, ...bounds].map((fromId, at) => ({ fromId, beforeId: bounds[at] ?? null }));
}

/** The scope as a condition of a statement that takes no parameters. */
export function inScope(scope: PersonScope): string {
  if ("ids" in scope) return `practitioner_id = ANY('{${scope.ids.map(uuid).join(",")}}'::uuid[])`;
  const from = `practitioner_id >= '${uuid(scope.fromId)}'`;
  return scope.beforeId === null ? from : `${from} AND practitioner_id < '${uuid(scope.beforeId)}'`;
}

function uuid(id: string): string {
  if (!UUID.test(id)) throw new RangeError("an id is no UUID");
  return id;
}
