import { MAIN_SLOT, type PostedStanding, type RecordState, type RecordStateRow } from "@xueshi/domain";
import { plainArray, textArray } from "../connection/array-text.ts";
import type { Sql, Transaction } from "../connection/connect.ts";
import { COPIED_ROWS_MIN, copyIn } from "../connection/copy-in.ts";
import { RowWriter } from "../connection/row-writer.ts";

/** Fields of a posted standing: the cache says which posting stands, the entry says everything else. */
const postedColumns = (tx: Transaction) => tx`
  state.practitioner_id AS "practitionerId", state.record_key AS "recordKey", state.slot, state.source,
  entry.record_id AS "recordId", entry.platform, entry.state, entry.code, entry.hours_hundredths AS "hoursHundredths",
  entry.subject, entry.attributed_year AS "attributedYear", entry.obtained_on AS "obtainedOn", entry.pathway,
  entry.assessed_on AS "assessedOn",
  entry.title, entry.trace, entry.flags, entry.note, encode(entry.source_digest, 'hex') AS "sourceDigest",
  entry.update_time AS "updateTimeMs", state.achievement_key AS "achievementKey", state.sequence`;

/** Pairs as rows `pair (person, key)`. People recur, so each is sent once, and the server reads a place instead of an id. */
function pairsOf<Pair extends { readonly practitionerId: string }>(
  tx: Transaction,
  pairs: readonly Pair[],
  keyOf: (pair: Pair) => string,
) {
  const places = new Map<string, number>();
  const place = ({ practitionerId }: Pair) => {
    const known = places.get(practitionerId);
    if (known !== undefined) return known;
    places.set(practitionerId, places.size + 1);
    return places.size;
  };
  const [at, keys] = [plainArray(pairs.map(place)), plainArray(pairs.map(keyOf))];
  return tx`(
    SELECT (${plainArray([...places.keys()])}::uuid[])[given.place] AS person, given.key
    FROM unnest(${at}::int[], ${keys}::uuid[]) AS given (place, key)
  ) AS pair`;
}

/** How (person, record) pairs stand now, every slot. Pairs, because two lists would be probed as a cross product. */
export async function readPostedStandings(
  tx: Transaction,
  pairs: readonly { practitionerId: string; recordKey: string }[],
): Promise<PostedStanding[]> {
  if (pairs.length === 0) return [];
  return tx<PostedStanding[]>`
    SELECT ${postedColumns(tx)}
    FROM ${pairsOf(tx, pairs, ({ recordKey }) => recordKey)}
    JOIN projection.record_state AS state ON state.practitioner_id = pair.person AND state.record_key = pair.key
    JOIN ledger.entry AS entry ON entry.practitioner_id = state.practitioner_id AND entry.sequence = state.sequence`;
}

/** Records that share one of the (person, achievement key) pairs. */
export async function readAchievementStandings(
  tx: Transaction,
  pairs: readonly { practitionerId: string; achievementKey: string }[],
): Promise<PostedStanding[]> {
  if (pairs.length === 0) return [];
  return tx<PostedStanding[]>`
    SELECT ${postedColumns(tx)}
    FROM ${pairsOf(tx, pairs, ({ achievementKey }) => achievementKey)}
    JOIN projection.record_state AS state
      ON state.practitioner_id = pair.person AND state.achievement_key = pair.key
    JOIN ledger.entry AS entry ON entry.practitioner_id = state.practitioner_id AND entry.sequence = state.sequence`;
}

/** The records that stand in the chains of a list of people. */
export async function readStandingKeysOf(tx: Transaction, practitionerIds: readonly string[]): Promise<string[]> {
  const rows = await tx`
    SELECT DISTINCT record_key FROM projection.record_state
    WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[])`.values();
  return rows.map(([recordKey]) => recordKey as string);
}

/**
 * In which state (person, record) pairs are, by record key: `held` where nothing of the record stands but held rows. Those
 * that are not posted yet, or of which refused rows alone came, are missing.
 */
export async function readStatesOfRecords(
  sql: Sql,
  pairs: readonly { readonly practitionerId: string; readonly recordKey: string }[],
): Promise<ReadonlyMap<string, RecordState>> {
  const rows = await sql<{ recordKey: string; state: RecordState }[]>`
    SELECT state.record_key AS "recordKey", state.state
    FROM unnest(
      ${plainArray(pairs.map((pair) => pair.practitionerId))}::uuid[], ${plainArray(pairs.map((pair) => pair.recordKey))}::uuid[]
    ) AS pair (person, key)
    JOIN projection.record_state AS state ON state.practitioner_id = pair.person AND state.record_key = pair.key
    WHERE state.slot = ${MAIN_SLOT} OR state.state = 'held'
    ORDER BY state.slot = ${MAIN_SLOT}`;
  return new Map(rows.map(({ recordKey, state }) => [recordKey, state]));
}

/** Records that are held, in order of key, from one key on. */
export async function readHeldRecords(sql: Sql, fromKey: string, limit: number): Promise<string[]> {
  const rows = await sql`
    SELECT DISTINCT record_key FROM projection.record_state WHERE state = 'held' AND record_key >= ${fromKey}::uuid
    ORDER BY record_key LIMIT ${limit}`.values();
  return rows.map(([recordKey]) => recordKey as string);
}

const STATE_COLUMNS = "practitioner_id, record_key, slot, source, state, achievement_key, sequence";
const STATE_COLUMN_COUNT = 7;

/**
 * Adds the states of slots that had none; one that has is refused (unique_violation).
 */
export async function insertRecordStates(
  tx: Transaction,
  states: readonly RecordStateRow[],
  table = "projection.record_state",
): Promise<void> {
  if (states.length < COPIED_ROWS_MIN) return insertFewStates(tx, states, table);
  const rows = new RowWriter();
  for (const state of states) {
    rows.row(STATE_COLUMN_COUNT);
    rows.uuid(state.practitionerId);
    rows.uuid(state.recordKey);
    rows.text(state.slot);
    rows.text(state.source);
    rows.text(state.state);
    rows.uuid(state.achievementKey);
    rows.bigint(state.sequence);
  }
  await copyIn(tx, `${table} (${STATE_COLUMNS})`, rows);
}

async function insertFewStates(tx: Transaction, rows: readonly RecordStateRow[], table: string): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    INSERT INTO ${tx(table)} (${tx.unsafe(STATE_COLUMNS)})
    SELECT * FROM unnest(
      ${plainArray(rows.map((row) => row.practitionerId))}::uuid[],
      ${plainArray(rows.map((row) => row.recordKey))}::uuid[],
      ${textArray(rows.map((row) => row.slot))}::text[],
      ${textArray(rows.map((row) => row.source))}::text[],
      ${textArray(rows.map((row) => row.state))}::text[],
      ${plainArray(rows.map((row) => row.achievementKey))}::uuid[],
      ${plainArray(rows.map((row) => row.sequence))}::bigint[]
    )`;
}

/** Moves slots whose posting was reversed to the state of their new one. */
export async function updateRecordStates(tx: Transaction, rows: readonly RecordStateRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    UPDATE projection.record_state AS held
    SET state = moved.state, achievement_key = moved.achievement, sequence = moved.sequence
    FROM unnest(
      ${plainArray(rows.map((row) => row.practitionerId))}::uuid[],
      ${plainArray(rows.map((row) => row.recordKey))}::uuid[],
      ${textArray(rows.map((row) => row.slot))}::text[],
      ${textArray(rows.map((row) => row.state))}::text[],
      ${plainArray(rows.map((row) => row.achievementKey))}::uuid[],
      ${plainArray(rows.map((row) => row.sequence))}::bigint[]
    ) AS moved (person, key, slot, state, achievement, sequence)
    WHERE held.practitioner_id = moved.person AND held.record_key = moved.key AND held.slot = moved.slot`;
}

/** Removes states whose posting was reversed without a new one. */
export async function deleteRecordStates(
  tx: Transaction,
  keys: readonly Pick<RecordStateRow, "practitionerId" | "recordKey" | "slot">[],
): Promise<void> {
  if (keys.length === 0) return;
  await tx`
    DELETE FROM projection.record_state AS state
    USING unnest(
      ${plainArray(keys.map((key) => key.practitionerId))}::uuid[], ${plainArray(keys.map((key) => key.recordKey))}::uuid[],
      ${textArray(keys.map((key) => key.slot))}::text[]
    ) AS gone (person, key, slot)
    WHERE state.practitioner_id = gone.person AND state.record_key = gone.key AND state.slot = gone.slot`;
}
