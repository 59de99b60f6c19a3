import type { Sql } from "@xueshi/database";
import { type Entry, entryHash, GENESIS_HASH } from "@xueshi/domain";
import { sha256Suite } from "@xueshi/vault";

/** What is left of all postings: record id, kind of slot, state, hours and subject; the cache, which must agree with the entries. */
export async function readStanding(sql: Sql): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    SELECT concat_ws(' ', entry.record_id, nullif(split_part(state.slot, '-', 1), ''), state.state, entry.hours_hundredths,
      entry.subject) AS line
    FROM projection.record_state AS state
    JOIN ledger.entry AS entry ON entry.practitioner_id = state.practitioner_id AND entry.sequence = state.sequence
      AND entry.state = state.state
    ORDER BY 1`;
  return rows.map(({ line }) => line);
}

/** How much there is of everything that a posting writes: equal counts before and after mean that nothing was written. */
export async function countWritten(sql: Sql): Promise<Readonly<Record<string, number>>> {
  const [row] = await sql<Record<string, number>[]>`
    SELECT (SELECT count(*) FROM ledger.entry) AS entries, (SELECT count(*) FROM ledger.posting) AS postings,
      (SELECT count(*) FROM ledger.head WHERE sequence > 0) AS heads,
      (SELECT count(*) FROM ledger.platform_mark) AS marks,
      (SELECT count(*) FROM projection.record_state) AS states, (SELECT count(*) FROM projection.balance) AS balances,
      (SELECT count(*) FROM acquisition.batch WHERE posted_at IS NOT NULL) AS posted`;
  return row ?? {};
}

/** What is wrong with the chains and the balances; nothing is what should be there. */
export async function findBroken(sql: Sql): Promise<string[]> {
  const entries = await sql<Entry[]>`
    SELECT practitioner_id AS "practitionerId", sequence, posting_id AS "postingId", recorded_at AS "recordedAtMs", kind,
      reverses, record_key AS "recordKey", slot, source, record_id AS "recordId", platform, state, code,
      hours_hundredths AS "hoursHundredths", subject, attributed_year AS "attributedYear", obtained_on AS "obtainedOn",
      pathway, assessed_on AS "assessedOn", recognition, title, trace, flags, encode(source_digest, 'hex') AS "sourceDigest",
      update_time AS "updateTimeMs", reason, actor, note, encode(name_digest, 'hex') AS "nameDigest",
      encode(hash, 'hex') AS hash
    FROM ledger.entry ORDER BY practitioner_id, sequence`;
  const broken: string[] = [];
  const ends = new Map<string, Entry>();
  for (const entry of entries) {
    const before = ends.get(entry.practitionerId);
    const { hash, ...fields } = entry;
    const at = `${entry.practitionerId}/${entry.sequence}`;
    if (entry.sequence !== (before?.sequence ?? 0) + 1) broken.push(`${at}: the sequence is not dense`);
    if (hash !== entryHash(sha256Suite, before?.hash ?? GENESIS_HASH, fields)) broken.push(`${at}: wrong hash`);
    if (entry.recordedAtMs < (before?.recordedAtMs ?? 0)) broken.push(`${at}: the time runs backwards`);
    ends.set(entry.practitionerId, entry);
  }
  const heads = await sql<{ id: string; sequence: number }[]>`
    SELECT practitioner_id AS id, sequence FROM ledger.head WHERE sequence > 0`;
  for (const { id, sequence } of heads) if (ends.get(id)?.sequence !== sequence) broken.push(`${id}: wrong head`);
  const balances = await sql<{ id: string }[]>`
    SELECT practitioner_id AS id FROM (
      SELECT practitioner_id, hours_hundredths AS hours FROM projection.balance
      UNION ALL SELECT practitioner_id, -hours_hundredths FROM ledger.entry WHERE state = 'registered'
    ) AS sums GROUP BY 1 HAVING sum(hours) <> 0`;
  return [...broken, ...balances.map(({ id }) => `${id}: the balance is not the sum`)];
}
