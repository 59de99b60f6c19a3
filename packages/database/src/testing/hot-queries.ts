import { GENESIS_HASH } from "@xueshi/domain";
import {
  addToBalances,
  countUnpostedBatches,
  deleteRecordStates,
  hasUnpostedRows,
  lockBatch,
  lockHeads,
  type PostableBatch,
  readAccessRows,
  readAchievementStandings,
  readApiKey,
  readBalancePage,
  readBatch,
  readCandidateRecords,
  readCheckpointOf,
  readCompeting,
  readDecisions,
  readDecisionsInForce,
  readDuplicateDecisions,
  readEntryPage,
  readFeed,
  readFeedEntries,
  readFeedRowOf,
  readFlaggedRecords,
  readHeadPage,
  readHeldRecords,
  readKeptVerdict,
  readKnownNames,
  readOwners,
  readOwnerships,
  readPeopleEntries,
  readPeopleOfSeveralSources,
  readPersonEntries,
  readPersonExtras,
  readPostedStandings,
  readRecordExtras,
  readRefusals,
  readRefusedRecords,
  readReviews,
  readRivalRecords,
  readStatesOfRecords,
  readTiles,
  readUnpostedBatches,
  readVersionOrders,
  readVersions,
  readWaiting,
  readWaitingRecords,
  type Sql,
  type Transaction,
  updateRecordStates,
  writeFeed,
  writeHeads,
} from "../index.ts";
import type { PlanShape } from "./explain-statements.ts";

/** A query whose cost must not grow with the ledger. */
export interface HotQuery {
  readonly query: string;
  readonly run: (tx: Transaction) => Promise<unknown>;
  /** How each of its statements finds its rows, in the order in which they are sent. */
  readonly shapes: readonly PlanShape[];
  /** Whether the server must have counted its tables to know better than to read one of them through. Default false. */
  readonly needsStatistics?: true;
}

const sqlOf = (tx: Transaction): Sql => tx as unknown as Sql;
const PERSON = "5f2a1b3c-0000-8000-8000-000000000001";
const RECORD = "5f2a1b3c-0000-8000-8000-000000000002";
const POSTING = "5f2a1b3c-0000-8000-8000-000000000003";
const NOW_MS = 1_700_000_000_000;
const HEAD = {
  ...{ practitionerId: PERSON, sequence: 1, hash: GENESIS_HASH, recordedAtMs: 0, nameDigest: null, turn: 1 },
};
const SLOT = {
  ...{ practitionerId: PERSON, recordKey: RECORD, slot: "", source: "quzhou-city", state: "held" },
  ...{ achievementKey: null, sequence: 1 },
};
const BALANCE = {
  ...{ practitionerId: PERSON, platform: "quzhou-city", recognition: "as-registered", attributedYear: 2020 },
  ...{ subject: "professional" as const, pathway: "", hoursHundredths: 100 },
};
const BATCH = { source: "quzhou-city" } as PostableBatch;
const ANYONE = { source: null, keptByKeyIds: null };

const reads = (...indexes: string[]): PlanShape => ({ reads: indexes, sorts: [] });
const sorted = (by: string, ...indexes: string[]): PlanShape => ({ reads: indexes, sorts: [by] });

export const HOT_QUERIES: readonly HotQuery[] = [
  {
    query: "a check",
    run: (tx) => readPersonEntries(sqlOf(tx), PERSON, NOW_MS),
    shapes: [reads("entry_practitioner_id_sequence_pk(practitioner_id)")],
  },
  {
    query: "a part of a batch of checks",
    run: (tx) => readPeopleEntries(sqlOf(tx), [PERSON], NOW_MS),
    shapes: [reads("entry_practitioner_id_sequence_pk(practitioner_id)")],
  },
  {
    query: "a page of entries",
    run: (tx) =>
      readEntryPage(sqlOf(tx), { practitionerId: PERSON, afterSequence: 1, untilSequence: 9, asOf: null, limit: 9 }),
    shapes: [reads("entry_practitioner_id_sequence_pk(practitioner_id, sequence)")],
  },
  {
    query: "a page of balances",
    run: (tx) => readBalancePage(sqlOf(tx), { practitionerId: PERSON, after: null, limit: 9 }),
    shapes: [
      sorted(
        "balance.platform, balance.recognition, balance.attributed_year, balance.subject, balance.pathway",
        "balance_practitioner_id_platform_recognition_attributed_year_su(practitioner_id)",
        "head_pkey(practitioner_id)",
      ),
    ],
  },
  {
    query: "the key of a caller",
    run: (tx) => readApiKey(sqlOf(tx), "ab"),
    shapes: [reads("api_key_key_digest_unique(key_digest)")],
  },
  {
    query: "a kept verdict",
    run: (tx) => readKeptVerdict(sqlOf(tx), PERSON, "v"),
    shapes: [reads("kept_verdict_practitioner_id_verdict_id_pk(practitioner_id, verdict_id)")],
  },
  {
    query: "who read a person",
    run: (tx) => readAccessRows(sqlOf(tx), PERSON, 9),
    shapes: [reads("access_log_practitioner_id_accessed_at_access_id_pk(practitioner_id)")],
  },
  {
    query: "the lock of heads",
    run: (tx) => lockHeads(tx, [PERSON]),
    shapes: [sorted("id.id", "head_pkey(*)"), reads("head_pkey(practitioner_id)")],
  },
  { query: "the move of heads", run: (tx) => writeHeads(tx, [HEAD]), shapes: [reads("head_pkey(practitioner_id)")] },
  {
    query: "the lock of a batch",
    run: (tx) => lockBatch(tx, POSTING),
    shapes: [reads("batch_pkey(batch_id)"), reads("batch_pkey(batch_id)")],
  },
  {
    query: "whether rows of a source wait",
    run: (tx) => hasUnpostedRows(tx, BATCH),
    shapes: [reads("batch_unposted(source)")],
  },
  {
    query: "batches that wait",
    run: (tx) => readUnpostedBatches(sqlOf(tx), NOW_MS, 9),
    shapes: [sorted("received_at", "batch_unposted(received_at)")],
  },
  {
    query: "records that wait in batches",
    run: (tx) => readWaitingRecords(tx, [RECORD], [PERSON]),
    shapes: [reads("batch_unposted()")],
  },
  { query: "how many batches wait", run: (tx) => countUnpostedBatches(sqlOf(tx)), shapes: [reads("batch_unposted()")] },
  { query: "a batch", run: (tx) => readBatch(sqlOf(tx), POSTING), shapes: [reads("batch_pkey(batch_id)")] },
  {
    query: "whose records are",
    run: (tx) => readOwners(tx, [RECORD]),
    shapes: [sorted("practitioner_id", "version_record_key_update_time_content_digest_pk(record_key)")],
  },
  {
    query: "versions of records",
    run: (tx) => readVersions(tx, [RECORD]),
    shapes: [reads("version_record_key_update_time_content_digest_pk(record_key)")],
  },
  {
    query: "versions that are stored",
    run: (tx) => readVersionOrders(tx, [RECORD]),
    shapes: [reads("version_record_key_update_time_content_digest_pk(record_key)")],
  },
  {
    query: "refused rows of records",
    run: (tx) => readRefusals(tx, [RECORD]),
    shapes: [reads("refusal_record_key_update_time_content_digest_pk(record_key)")],
  },
  {
    query: "kinds of rows about records",
    run: (tx) => readRecordExtras(tx, [RECORD]),
    shapes: [
      reads(
        "correction_decision_record_key_decided_at_decision_id_pk(record_key)",
        "decision_record_key_decided_at_decision_id_pk(record_key)",
        "duplicate_decision_record_key_decided_at_decision_id_pk(record_key)",
        "refusal_record_key_update_time_content_digest_pk(record_key)",
      ),
    ],
  },
  {
    query: "kinds of rows about people",
    run: (tx) => readPersonExtras(tx, [PERSON]),
    shapes: [
      reads(
        "person_merge_practitioner_id_decided_at_decision_id_pk(practitioner_id)",
        "tombstone_pkey(practitioner_id)",
      ),
    ],
  },
  {
    query: "names of people",
    run: (tx) => readKnownNames(tx, [PERSON]),
    shapes: [
      reads("identity_pkey(practitioner_id)"),
      sorted(
        "practitioner_id, (encode(name_digest, 'hex'::text))",
        "name_alias_practitioner_id_name_digest_decision_id_pk(practitioner_id)",
      ),
    ],
  },
  {
    query: "people of whom others' records are",
    run: (tx) => readOwnerships(tx, [PERSON]),
    shapes: [reads("person_merge_practitioner_id_decided_at_decision_id_pk(practitioner_id)")],
  },
  {
    query: "decisions about records",
    run: (tx) => readDecisions(tx, [RECORD]),
    shapes: [reads("decision_record_key_decided_at_decision_id_pk(record_key)")],
  },
  {
    query: "decisions about rows",
    run: (tx) => readDecisionsInForce(tx, [RECORD]),
    shapes: [reads("row_decision_record_key_decided_at_decision_id_pk(record_key)")],
  },
  {
    query: "how records stand",
    run: (tx) => readPostedStandings(tx, [SLOT]),
    shapes: [
      reads(
        "entry_practitioner_id_sequence_pk(practitioner_id, sequence)",
        "record_state_practitioner_id_record_key_slot_pk(practitioner_id, record_key)",
      ),
    ],
  },
  {
    query: "records of one achievement",
    run: (tx) => readAchievementStandings(tx, [{ practitionerId: PERSON, achievementKey: RECORD }]),
    shapes: [
      reads(
        "entry_practitioner_id_sequence_pk(practitioner_id, sequence)",
        "record_state_achievement(practitioner_id, achievement_key)",
      ),
    ],
  },
  {
    query: "states of records",
    run: (tx) => readStatesOfRecords(sqlOf(tx), [SLOT]),
    shapes: [
      sorted("(state.slot = $4)", "record_state_practitioner_id_record_key_slot_pk(practitioner_id, record_key)"),
    ],
  },
  {
    query: "states that move",
    run: (tx) => updateRecordStates(tx, [SLOT]),
    shapes: [reads("record_state_practitioner_id_record_key_slot_pk(practitioner_id, record_key, slot)")],
  },
  {
    query: "states that go",
    run: (tx) => deleteRecordStates(tx, [SLOT]),
    shapes: [reads("record_state_practitioner_id_record_key_slot_pk(practitioner_id, record_key, slot)")],
  },
  {
    query: "balances that move",
    run: (tx) => addToBalances(tx, [BALANCE]),
    // In the order of their keys, so that two postings cannot wait for each other.
    shapes: [
      sorted(
        "unnest.unnest, unnest.unnest_1, unnest.unnest_2, unnest.unnest_3, unnest.unnest_4, unnest.unnest_5",
        "balance_practitioner_id_platform_recognition_attributed_year_su(*)",
      ),
    ],
  },
  { query: "the outbox", run: (tx) => readWaiting(tx, 9), shapes: [reads("outbox_turn()")] },
  {
    query: "numbering",
    // That nothing waits under this id is found by the answers.
    run: (tx) =>
      writeFeed(tx, [{ position: 1e9, size: 1, postingId: POSTING, turn: 1 }], NOW_MS).catch(() => undefined),
    shapes: [reads("outbox_turn(turn, posting_id)"), reads("feed_head: read through")],
  },
  { query: "rows of the feed", run: (tx) => readFeed(tx, 30, 9), shapes: [reads("feed_position_pk(position)")] },
  {
    query: "a page of the feed",
    run: (tx) => readFeedEntries(sqlOf(tx), 0, ANYONE, 9),
    shapes: [
      reads("feed_position_pk(position)"),
      sorted(
        "((run.position + entry.sequence) - run.first)",
        "entry_practitioner_id_sequence_pk(practitioner_id, sequence)",
        "kept_verdict_practitioner_id_verdict_id_pk(practitioner_id)",
      ),
    ],
    needsStatistics: true,
  },
  {
    query: "where an entry is in the feed",
    run: (tx) => readFeedRowOf(tx, { postingId: POSTING, practitionerId: PERSON, sequence: 1 }),
    shapes: [sorted("position", "feed_posting(posting_id)")],
  },
  {
    query: "tiles of the tree",
    run: (tx) => readTiles(tx, [{ level: 0, index: 1 }]),
    shapes: [reads("tree_tile_level_index_pk(level, index)")],
  },
  {
    query: "heads of a checkpoint",
    run: (tx) => readHeadPage(tx, null, 9),
    shapes: [reads("head_pkey(practitioner_id)")],
  },
  {
    query: "a checkpoint",
    run: (tx) => readCheckpointOf(tx, null),
    shapes: [reads("checkpoint_size_signed_at_pk()", "checkpoint_size_signed_at_pk(size)")],
  },
  {
    query: "records that wait for a review",
    run: (tx) => readReviews(sqlOf(tx), { state: null, platform: null, after: null, limit: 9 }),
    shapes: [
      sorted(
        "entry.recorded_at, state.record_key",
        "entry_practitioner_id_sequence_pk(practitioner_id, sequence)",
        "record_state_review()",
        "tombstone_pkey()",
      ),
      reads("version_record_key_update_time_content_digest_pk(record_key)"),
    ],
    needsStatistics: true,
  },
  {
    query: "people whose records are of several sources",
    run: (tx) => readPeopleOfSeveralSources(sqlOf(tx), { from: PERSON, among: 20_000, limit: 500 }),
    shapes: [reads("head_pkey(practitioner_id)"), reads("record_state_sources(practitioner_id)")],
  },
  {
    query: "records that may be duplicates",
    run: (tx) => readCandidateRecords(sqlOf(tx), [PERSON]),
    shapes: [
      reads(
        "entry_practitioner_id_sequence_pk(practitioner_id, sequence)",
        "record_state_achievement(practitioner_id)",
      ),
    ],
    needsStatistics: true,
  },
  {
    query: "what operators decided of duplicates",
    run: (tx) => readDuplicateDecisions(tx, [RECORD]),
    shapes: [reads("duplicate_decision_record_key_decided_at_decision_id_pk(record_key)")],
  },
  {
    query: "records of a person that compete",
    run: (tx) => readCompeting(sqlOf(tx), [{ practitionerId: PERSON, sequence: 9 }]),
    shapes: [
      reads(
        "entry_practitioner_id_sequence_pk(practitioner_id, sequence)",
        "record_state_practitioner_id_record_key_slot_pk(practitioner_id, record_key, slot)",
      ),
    ],
  },
  {
    query: "records that are held",
    run: (tx) => readHeldRecords(sqlOf(tx), RECORD, 9),
    shapes: [reads("record_state_held(record_key)")],
  },
  {
    query: "records with refused rows",
    run: (tx) => readRefusedRecords(sqlOf(tx), { fromKey: RECORD, source: null, code: null, limit: 9 }),
    shapes: [reads("refusal_record_key_update_time_content_digest_pk(record_key)")],
  },
  {
    query: "records with rival versions",
    run: (tx) => readRivalRecords(sqlOf(tx), RECORD, 9),
    shapes: [
      reads("version_record_key_update_time_content_digest_pk(record_key)"),
      reads("version_record_key_update_time_content_digest_pk(record_key)"),
    ],
  },
  {
    query: "records with flags",
    run: (tx) => readFlaggedRecords(sqlOf(tx), RECORD, 9),
    shapes: [
      reads("version_record_key_update_time_content_digest_pk(record_key)"),
      reads("version_record_key_update_time_content_digest_pk(record_key)"),
    ],
  },
];
