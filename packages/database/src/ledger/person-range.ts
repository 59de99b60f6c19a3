import type { Sql, Transaction } from "../connection/connect.ts";

/** Everybody from one practitioner id on to before another; null: to the end. */
export interface PersonRange {
  readonly fromId: string;
  readonly beforeId: string | null;
  /** Entries that the heads of the range speak of. */
  readonly entries: number;
}

const FIRST_ID = "00000000-0000-0000-0000-000000000000";
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Cuts everybody into ranges of about so many entries, by what the heads say; the ranges leave nobody out, also where heads
 * are wrong.
 */
export async function cutPersonRanges(sql: Sql | Transaction, entriesPerRange: number): Promise<PersonRange[]> {
  const rows = await (sql as Sql)<{ id: string; entries: number }[]>`
    SELECT DISTINCT ON (part) practitioner_id AS id, sum(sequence) OVER (PARTITION BY part)::bigint AS entries
    FROM (
      SELECT practitioner_id, sequence,
        (sum(sequence) OVER (ORDER BY practitioner_id) - sequence) / ${entriesPerRange}::bigint AS part
      FROM ledger.head WHERE sequence > 0
    ) AS head
    ORDER BY part, practitioner_id`;
  if (rows.length === 0) return [{ fromId: FIRST_ID, beforeId: null, entries: 0 }];
  return rows.map(({ id, entries }, at) => ({
    fromId: at === 0 ? FIRST_ID : id,
    beforeId: rows[at + 1]?.id ?? null,
    entries,
  }));
}

/** A range, or people by their ids, as a condition of a statement that takes no parameters. */
export function inRange(people: PersonRange | readonly string[]): string {
  if (!("fromId" in people)) return `practitioner_id IN (${people.map((id) => `'${checkedId(id)}'`).join(",")})`;
  const [fromId, beforeId] = [checkedId(people.fromId), people.beforeId === null ? null : checkedId(people.beforeId)];
  return `practitioner_id >= '${fromId}'${beforeId === null ? "" : ` AND practitioner_id < '${beforeId}'`}`;
}

function checkedId(id: string): string {
  if (!UUID.test(id)) throw new RangeError("an id is no UUID");
  return id;
}
