import type { Sql } from "@xueshi/database";
import type { Entry } from "@xueshi/domain";

export interface StoredHead {
  readonly practitionerId: string;
  readonly sequence: number;
  readonly hash: string;
  readonly recordedAtMs: number;
  readonly nameDigest: string | null;
}

export interface StoredState {
  readonly practitionerId: string;
  readonly recordKey: string;
  readonly slot: string;
  readonly source: string;
  readonly state: string;
  readonly achievementKey: string | null;
  readonly sequence: number;
}

/** Everything that the ledger and its caches hold, read by statements of this suite's own. */
export interface StoredLedger {
  readonly entries: readonly Entry[];
  readonly heads: readonly StoredHead[];
  readonly states: readonly StoredState[];
  readonly balances: readonly { readonly key: string; readonly hoursHundredths: number }[];
  /** Posting id → how many entries the posting says it has. */
  readonly entryCounts: ReadonlyMap<string, number>;
  /** Practitioner id → digest (hex) of the name that admission knows. */
  readonly knownNames: ReadonlyMap<string, string>;
  /** `practitioner id/name digest` of batches that wait to be posted: what admission knows and the ledger does not yet. */
  readonly waitingNames: ReadonlySet<string>;
}

export async function readLedger(sql: Sql): Promise<StoredLedger> {
  const [entries, heads, states, balances, postings, names, waiting] = await Promise.all([
    readEntries(sql),
    sql<StoredHead[]>`
      SELECT practitioner_id AS "practitionerId", sequence, encode(hash, 'hex') AS hash, recorded_at AS "recordedAtMs",
        encode(name_digest, 'hex') AS "nameDigest" FROM ledger.head`,
    sql<StoredState[]>`
      SELECT practitioner_id AS "practitionerId", record_key AS "recordKey", slot, source, state,
        achievement_key AS "achievementKey", sequence FROM projection.record_state`,
    sql<{ key: string; hoursHundredths: number }[]>`
      SELECT concat_ws('/', practitioner_id, platform, recognition, attributed_year, subject, pathway) AS key,
        hours_hundredths AS "hoursHundredths" FROM projection.balance`,
    sql<{ id: string; count: number }[]>`SELECT posting_id AS id, entry_count AS count FROM ledger.posting`,
    sql<{ id: string; digest: string }[]>`
      SELECT practitioner_id AS id, encode(name_digest, 'hex') AS digest FROM admission.identity`,
    sql<{ name: string }[]>`
      SELECT DISTINCT version.practitioner_id || '/' || encode(version.name_digest, 'hex') AS name
      FROM acquisition.batch AS batch
      JOIN admission.version AS version ON version.practitioner_id = ANY(batch.practitioner_ids)
        AND version.batch_id = batch.batch_id
      WHERE batch.posted_at IS NULL`,
  ]);
  return {
    entries,
    heads,
    states,
    balances,
    entryCounts: new Map(postings.map(({ id, count }) => [id, count])),
    knownNames: new Map(names.map(({ id, digest }) => [id, digest])),
    waitingNames: new Set(waiting.map(({ name }) => name)),
  };
}

function readEntries(sql: Sql): Promise<Entry[]> {
  return sql<Entry[]>`
    SELECT practitioner_id AS "practitionerId", sequence, posting_id AS "postingId", recorded_at AS "recordedAtMs", kind,
      reverses, record_key AS "recordKey", slot, source, record_id AS "recordId", platform, state, code,
      hours_hundredths AS "hoursHundredths", subject, attributed_year AS "attributedYear", obtained_on AS "obtainedOn",
      pathway, assessed_on AS "assessedOn", recognition, title, trace, flags, encode(source_digest, 'hex') AS "sourceDigest",
      update_time AS "updateTimeMs", reason, actor, note, encode(name_digest, 'hex') AS "nameDigest",
      encode(hash, 'hex') AS hash
    FROM ledger.entry ORDER BY practitioner_id, sequence`;
}
