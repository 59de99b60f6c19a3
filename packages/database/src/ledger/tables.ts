import { bigint, date, integer, pgSchema, primaryKey, smallint, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "../connection/column-types.ts";

export const ledgerSchema = pgSchema("ledger");

/** The end of each practitioner's chain; its row lock orders the postings of one person. */
export const head = ledgerSchema.table("head", {
  practitionerId: uuid("practitioner_id").primaryKey(),
  sequence: bigint("sequence", { mode: "number" }).notNull(),
  hash: bytea("hash").notNull(),
  recordedAt: timestamp("recorded_at", { withTimezone: true }).notNull(),
  nameDigest: bytea("name_digest"),
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

/** One row per posting transaction: what the entries refer to, and what a feed will be numbered from. */
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
  (table) => [primaryKey({ columns: [table.platform, table.pullId] })],
);
