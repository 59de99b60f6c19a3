import { sql } from "drizzle-orm";
import {
  bigint,
  date,
  index,
  integer,
  json,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea } from "../connection/column-types.ts";

export const ledgerSchema = pgSchema("ledger");

/** The end of each practitioner's chain; its row lock orders the postings of one person. */
export const head = ledgerSchema.table("head", {
  practitionerId: uuid("practitioner_id").primaryKey(),
  sequence: bigint("sequence", { mode: "number" }).notNull(),
  hash: bytea("hash").notNull(),
  recordedAt: timestamp("recorded_at", { withTimezone: true }).notNull(),
  nameDigest: bytea("name_digest"),
  /** Larger than that of every posting that the person's last one follows, directly or through others. */
  turn: bigint("turn", { mode: "number" }).notNull().default(0),
});

/** The ledger itself: append-only by grant and by trigger. */
export const entry = ledgerSchema.table(
  "entry",
  {
    practitionerId: uuid("practitioner_id").notNull(),
    sequence: bigint("sequence", { mode: "number" }).notNull(),
    postingId: uuid("posting_id").notNull(),
    recordedAt: timestamp("recorded_at", { withTimezone: true }).notNull(),
    kind: text("kind").notNull(),
    reverses: bigint("reverses", { mode: "number" }),
    recordKey: uuid("record_key"),
    slot: text("slot").notNull(),
    source: text("source"),
    recordId: text("record_id"),
    platform: text("platform"),
    state: text("state"),
    code: text("code"),
    hoursHundredths: integer("hours_hundredths"),
    subject: text("subject"),
    attributedYear: smallint("attributed_year"),
    obtainedOn: date("obtained_on"),
    pathway: text("pathway"),
    assessedOn: date("assessed_on"),
    recognition: text("recognition"),
    title: text("title"),
    trace: text("trace"),
    flags: text("flags").notNull(),
    sourceDigest: bytea("source_digest"),
    updateTime: timestamp("update_time", { withTimezone: true }),
    reason: text("reason").notNull(),
    actor: text("actor").notNull(),
    note: text("note"),
    nameDigest: bytea("name_digest"),
    hash: bytea("hash").notNull(),
  },
  (table) => [primaryKey({ columns: [table.practitionerId, table.sequence] })],
);

/** One row per posting transaction: what the entries refer to. */
export const posting = ledgerSchema.table("posting", {
  postingId: uuid("posting_id").primaryKey(),
  batchId: uuid("batch_id"),
  reason: text("reason").notNull(),
  actor: text("actor").notNull(),
  recordedAt: timestamp("recorded_at", { withTimezone: true }).notNull(),
  entryCount: integer("entry_count").notNull(),
});

/** Since when the ledger knows a platform to be complete, and until when: both clocks of freshness. */
export const platformMark = ledgerSchema.table(
  "platform_mark",
  {
    platform: text("platform").notNull(),
    pullId: uuid("pull_id").notNull(),
    completeUntil: timestamp("complete_until", { withTimezone: true }),
    outcome: text("outcome").notNull(),
    recordedAt: timestamp("recorded_at", { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.platform, table.pullId] }),
    index("platform_mark_recorded").on(table.platform, table.recordedAt),
  ],
);

/** What the entries of one posting are: a run of sequences of each person, people in order of their ids. */
const runs = {
  postingId: uuid("posting_id").notNull(),
  practitionerIds: uuid("practitioner_ids").array().notNull(),
  firstSequences: bigint("first_sequences", { mode: "number" }).array().notNull(),
  entryCounts: integer("entry_counts").array().notNull(),
};

/** Postings that have no position in the feed yet; written with them, removed when they are numbered. */
export const outbox = ledgerSchema.table(
  "outbox",
  {
    turn: bigint("turn", { mode: "number" }).notNull(),
    ...runs,
    /** Those of the entries, in the order of the runs: to read them one by one is half of what numbering costs. */
    hashes: bytea("hashes").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.postingId, table.turn] }),
    index("outbox_turn").on(table.turn, table.postingId),
  ],
);

/** The feed: committed postings in an order that never changes; an entry's position counts all entries before it. */
export const feed = ledgerSchema.table(
  "feed",
  {
    position: bigint("position", { mode: "number" }).notNull(),
    /** How many entries. */
    size: integer("size").notNull(),
    numberedAt: timestamp("numbered_at", { withTimezone: true }).notNull(),
    ...runs,
  },
  (table) => [primaryKey({ columns: [table.position] }), index("feed_posting").on(table.postingId)],
);

/** How many entries are in the feed; its one row is the sequencer's lock. */
export const feedHead = ledgerSchema.table("feed_head", {
  feed: smallint("feed").primaryKey(),
  size: bigint("size", { mode: "number" }).notNull(),
});

/** Hashes of the Merkle tree over the feed, 256 of one level in a row; follows from the entries. */
export const treeTile = ledgerSchema.table(
  "tree_tile",
  {
    level: smallint("level").notNull(),
    index: bigint("index", { mode: "number" }).notNull(),
    hashes: bytea("hashes").notNull(),
  },
  (table) => [primaryKey({ columns: [table.level, table.index] })],
);

/** Signed statements of how the feed and the heads of all chains stood. */
export const checkpoint = ledgerSchema.table(
  "checkpoint",
  {
    size: bigint("size", { mode: "number" }).notNull(),
    signedAt: timestamp("signed_at", { withTimezone: true }).notNull(),
    note: text("note").notNull(),
  },
  (table) => [primaryKey({ columns: [table.size, table.signedAt] })],
);

/** Corrections of many records as one, as an operator asked for them; what became of each is in its steps. */
export const correction = ledgerSchema.table(
  "correction",
  {
    correctionId: uuid("correction_id").primaryKey(),
    kind: text("kind").notNull(),
    reason: text("reason").notNull(),
    document: text("document"),
    /** By what records are found; null: they are named. */
    filter: json("filter"),
    /** What is put right, by field; null: the kind takes the records back. */
    changes: json("changes"),
    /** Sets of records of which it is decided whether they are one achievement; null: it decides of each by itself. */
    recordSets: json("record_sets"),
    proposedBy: text("proposed_by").notNull(),
    proposedAt: timestamp("proposed_at", { withTimezone: true }).notNull(),
    /** Digest of what was asked, so that the same Idempotency-Key with another content is found out. */
    requestDigest: bytea("request_digest").notNull(),
  },
  (table) => [
    index("correction_proposed").on(table.proposedAt, table.correctionId).where(sql`record_sets is null`),
    index("correction_sets_proposed").on(table.proposedAt, table.correctionId).where(sql`record_sets is not null`),
  ],
);

/** What happened to a correction, counted from 1: its previews, who applied it, who took it back. */
export const correctionStep = ledgerSchema.table(
  "correction_step",
  {
    correctionId: uuid("correction_id").notNull(),
    step: integer("step").notNull(),
    kind: text("kind").notNull(),
    takenAt: timestamp("taken_at", { withTimezone: true }).notNull(),
    actor: text("actor").notNull(),
    reason: text("reason"),
    /** Of a preview: its sums, and the digest of all that it saw. */
    preview: json("preview"),
    previewDigest: bytea("preview_digest"),
    postingIds: uuid("posting_ids").array(),
  },
  (table) => [primaryKey({ columns: [table.correctionId, table.step] })],
);

/** A record as a preview saw it: how it stands, and how it would. */
export const correctionRecord = ledgerSchema.table(
  "correction_record",
  {
    recordKey: uuid("record_key").notNull(),
    correctionId: uuid("correction_id").notNull(),
    step: integer("step").notNull(),
    source: text("source").notNull(),
    recordId: text("record_id").notNull(),
    outcome: text("outcome").notNull(),
    before: json("before"),
    after: json("after"),
  },
  (table) => [
    primaryKey({ columns: [table.recordKey, table.correctionId, table.step] }),
    index("correction_record_list").on(table.correctionId, table.step, table.recordKey),
  ],
);

/** What operators decided of records that are one achievement, or are not, one row for each of the records. */
export const duplicateDecision = ledgerSchema.table(
  "duplicate_decision",
  {
    recordKey: uuid("record_key").notNull(),
    decidedAt: timestamp("decided_at", { withTimezone: true }).notNull(),
    /** The correction; of an undo an id of its own. */
    decisionId: uuid("decision_id").notNull(),
    undoes: uuid("undoes"),
    kind: text("kind").notNull(),
    /** All of them, this one too, sorted. */
    recordKeys: uuid("record_keys").array().notNull(),
    reason: text("reason").notNull(),
    document: text("document"),
    actor: text("actor").notNull(),
  },
  (table) => [primaryKey({ columns: [table.recordKey, table.decidedAt, table.decisionId] })],
);

/** What became of the records that were posted before the routes of sources to platforms of record changed. */
export const ruleChange = ledgerSchema.table("rule_change", {
  /** Counted from 1. */
  change: integer("change").primaryKey(),
  startedAt: timestamp("started_at", { withTimezone: true }).notNull(),
  endedAt: timestamp("ended_at", { withTimezone: true }),
  state: text("state").notNull(),
  /** How many activations there were; more of them are the next change. */
  activations: integer("activations").notNull(),
  routes: json("routes").notNull(),
  /** The sources whose records are looked at; null: all. */
  sources: text("sources").array(),
  /** The last person who was looked at. */
  afterId: uuid("after_id"),
  people: bigint("people", { mode: "number" }).notNull(),
  changed: bigint("changed", { mode: "number" }).notNull(),
  entries: bigint("entries", { mode: "number" }).notNull(),
});
