import type { Sql } from "../connection/connect.ts";

/** Which of the filled people, records and batches a test may ask for: `id('person', n)` for n from 1. */
export const FILLED = { people: 1_000, entriesPerPerson: 20, records: 20_000, postings: 1_000 } as const;

const PERSON = "md5('person ' || n)::uuid";
const RECORD = "md5('record ' || n || ' ' || m)::uuid";
const EACH = `generate_series(1, ${FILLED.people}) AS n, generate_series(1, ${FILLED.entriesPerPerson}) AS m`;
const AT = "to_timestamp(1600000000) + n * interval '1 minute'";
const HASH = "decode(repeat('ab', 32), 'hex')";

/** Rows enough in every table that grows for the planner to know them as large; their contents prove nothing. */
const STATEMENTS = [
  `INSERT INTO ledger.head (practitioner_id, sequence, hash, recorded_at)
   SELECT ${PERSON}, ${FILLED.entriesPerPerson}, ${HASH}, ${AT} FROM generate_series(1, ${FILLED.people}) AS n`,
  `INSERT INTO ledger.entry (practitioner_id, sequence, posting_id, recorded_at, kind, record_key, slot, source, record_id,
     platform, state, hours_hundredths, subject, attributed_year, recognition, title, flags, reason, actor, hash)
   SELECT ${PERSON}, m, md5('posting ' || n)::uuid, ${AT}, 'posting', ${RECORD}, '', 'quzhou-city', n || '-' || m,
     'quzhou-city', 'registered', 800, 'professional', 2020, 'as-registered', 'title', '', 'posted', 'ledger', ${HASH}
   FROM ${EACH}`,
  `INSERT INTO ledger.posting (posting_id, batch_id, reason, actor, recorded_at, entry_count)
   SELECT md5('posting ' || n)::uuid, md5('batch ' || n)::uuid, 'batch', 'ledger', ${AT}, ${FILLED.entriesPerPerson}
   FROM generate_series(1, ${FILLED.postings}) AS n`,
  `INSERT INTO ledger.feed (position, size, numbered_at, posting_id, practitioner_ids, first_sequences, entry_counts)
   SELECT (n - 1) * 20, 20, ${AT}, md5('posting ' || n)::uuid, ARRAY[${PERSON}], '{1}', '{20}'
   FROM generate_series(1, ${FILLED.postings}) AS n`,
  `INSERT INTO ledger.outbox (turn, posting_id, practitioner_ids, first_sequences, entry_counts, hashes)
   SELECT n, md5('waiting ' || n)::uuid, ARRAY[${PERSON}], '{1}', '{1}', ${HASH} FROM generate_series(1, 500) AS n`,
  `INSERT INTO ledger.tree_tile (level, index, hashes) SELECT 0, n, ${HASH} FROM generate_series(1, 500) AS n`,
  `INSERT INTO ledger.checkpoint (size, signed_at, note) SELECT n, ${AT}, 'note' FROM generate_series(1, 500) AS n`,
  `INSERT INTO projection.record_state (practitioner_id, record_key, slot, source, state, achievement_key, sequence)
   SELECT ${PERSON}, ${RECORD}, '', 'quzhou-city', (ARRAY['registered', 'unclassified', 'duplicate', 'held'])[1 + (m = 2)::int
     + 2 * (m = 3)::int + 3 * (m = 4)::int], CASE WHEN m < 10 THEN ${RECORD} END, m
   FROM ${EACH}`,
  `INSERT INTO projection.balance (practitioner_id, platform, recognition, attributed_year, subject, pathway, hours_hundredths)
   SELECT ${PERSON}, 'quzhou-city', 'as-registered', 2000 + m, 'professional', '', 800 FROM ${EACH}`,
  `INSERT INTO admission.version (record_key, update_time, content_digest, source, record_id, practitioner_id, name_digest,
     status, subject_code, subject_basis, title, year_basis, flags, occurrences, batch_id, batch_index)
   SELECT ${RECORD}, ${AT}, ${HASH}, 'quzhou-city', n || '-' || m, ${PERSON}, ${HASH}, 'final', '101', 'code', 'title',
     'obtained_on', '', 1, md5('batch ' || n)::uuid, m
   FROM ${EACH}`,
  `INSERT INTO admission.refusal (record_key, update_time, content_digest, source, record_id, practitioner_id, code, title,
     occurrences, batch_id, batch_index)
   SELECT ${RECORD}, ${AT}, ${HASH}, 'quzhou-city', n || '-' || m, ${PERSON}, 'hours_invalid', '', 1,
     md5('batch ' || n)::uuid, m
   FROM ${EACH}`,
  `INSERT INTO admission.identity (practitioner_id, name_digest, claimed_at, claim_source, claim_record_id, wrapped_key, sealed)
   SELECT ${PERSON}, ${HASH}, ${AT}, 'quzhou-city', '', ${HASH}, ${HASH} FROM generate_series(1, ${FILLED.people}) AS n`,
  `INSERT INTO admission.name_alias (practitioner_id, name_digest, decision_id)
   SELECT ${PERSON}, ${HASH}, ${PERSON} FROM generate_series(1, ${FILLED.people}) AS n`,
  `INSERT INTO admission.person_merge (practitioner_id, decided_at, decision_id, into_practitioner_id, reason, actor)
   SELECT ${PERSON}, ${AT}, ${PERSON}, md5('person ' || n + 1)::uuid, 'reason', 'operator'
   FROM generate_series(1, ${FILLED.people}) AS n`,
  `INSERT INTO acquisition.batch (batch_id, source, origin, received_at, row_count, counts, receipts, record_keys,
     practitioner_ids, posted_at)
   SELECT md5('batch ' || n)::uuid, 'quzhou-city', 'pull', ${AT}, 20, '{}', '[]', '{}', '{}', CASE WHEN n > 20 THEN ${AT} END
   FROM generate_series(1, ${FILLED.postings}) AS n`,
  `INSERT INTO verdict.kept_verdict (practitioner_id, verdict_id, kept_at, key_id, answer, decision)
   SELECT ${PERSON}, 'verdict ' || m, ${AT}, ${PERSON}, '', '' FROM ${EACH} WHERE m < 4`,
  `INSERT INTO verdict.access_log (practitioner_id, accessed_at, access_id, key_id, purpose, request_id)
   SELECT ${PERSON}, ${AT}, ${RECORD}, ${PERSON}, 'check', '' FROM ${EACH}`,
  `INSERT INTO access.api_key (key_id, key_digest, kind, name, scopes, created_at)
   SELECT ${PERSON}, decode(md5('key ' || n), 'hex'), 'source', 'key ' || n, '{}', ${AT} FROM generate_series(1, 500) AS n`,
  "ANALYZE",
];

/** Fills a migrated, empty database and lets the server count what it has. */
export async function fillLedger(sql: Sql): Promise<void> {
  for (const statement of STATEMENTS) await sql.unsafe(statement);
}
