import { date, index, integer, pgSchema, primaryKey, smallint, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "../connection/column-types.ts";

export const admissionSchema = pgSchema("admission");

/**
 * Who a practitioner is, sealed under a key of the person's own, and the claim by which the known name was found:
 * the smallest (update time, source, record id, name).
 */
export const identity = admissionSchema.table("identity", {
  practitionerId: uuid("practitioner_id").primaryKey(),
  nameDigest: bytea("name_digest").notNull(),
  claimedAt: timestamp("claimed_at", { withTimezone: true }).notNull(),
  claimSource: text("claim_source").notNull(),
  claimRecordId: text("claim_record_id").notNull(),
  wrappedKey: bytea("wrapped_key").notNull(),
  sealed: bytea("sealed").notNull(),
});

/** Every admitted version of every record, once; `occurrences` counts the rows that said just this. */
export const version = admissionSchema.table(
  "version",
  {
    recordKey: uuid("record_key").notNull(),
    updateTime: timestamp("update_time", { withTimezone: true }).notNull(),
    contentDigest: bytea("content_digest").notNull(),
    source: text("source").notNull(),
    recordId: text("record_id").notNull(),
    practitionerId: uuid("practitioner_id").notNull(),
    nameDigest: bytea("name_digest").notNull(),
    status: text("status").notNull(),
    hoursHundredths: integer("hours_hundredths"),
    subjectCode: text("subject_code").notNull(),
    subjectBasis: text("subject_basis").notNull(),
    title: text("title").notNull(),
    provider: text("provider"),
    obtainedOn: date("obtained_on"),
    studiedFrom: date("studied_from"),
    studiedUntil: date("studied_until"),
    attributedYear: smallint("attributed_year"),
    yearBasis: text("year_basis").notNull(),
    pathway: text("pathway"),
    assessedOn: date("assessed_on"),
    flags: text("flags").notNull(),
    note: text("note"),
    occurrences: integer("occurrences").notNull(),
    batchId: uuid("batch_id").notNull(),
    batchIndex: integer("batch_index").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.recordKey, table.updateTime, table.contentDigest] }),
    index("version_practitioner").on(table.practitionerId),
  ],
);

/** Rows that were refused, with the reason; tied to a person where the id could be read. */
export const refusal = admissionSchema.table(
  "refusal",
  {
    recordKey: uuid("record_key").notNull(),
    updateTime: timestamp("update_time", { withTimezone: true }).notNull(),
    contentDigest: bytea("content_digest").notNull(),
    source: text("source").notNull(),
    recordId: text("record_id").notNull(),
    practitionerId: uuid("practitioner_id"),
    code: text("code").notNull(),
    title: text("title").notNull(),
    obtainedOn: date("obtained_on"),
    attributedYear: smallint("attributed_year"),
    occurrences: integer("occurrences").notNull(),
    batchId: uuid("batch_id").notNull(),
    batchIndex: integer("batch_index").notNull(),
  },
  (table) => [primaryKey({ columns: [table.recordKey, table.updateTime, table.contentDigest] })],
);
