import { pgSchema, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "../connection/column-types.ts";

export const verdictSchema = pgSchema("verdict");

/** Verdicts that were kept, byte for byte as they were answered, with the canonical decision for replay. */
export const keptVerdict = verdictSchema.table(
  "kept_verdict",
  {
    practitionerId: uuid("practitioner_id").notNull(),
    verdictId: text("verdict_id").notNull(),
    keptAt: timestamp("kept_at", { withTimezone: true }).notNull(),
    keyId: uuid("key_id").notNull(),
    answer: text("answer").notNull(),
    decision: text("decision").notNull(),
    /** Keyed digest over all of the row; null in rows from before there were seals. */
    seal: bytea("seal"),
  },
  (table) => [primaryKey({ columns: [table.practitionerId, table.verdictId] })],
);

/** Who read whose data, when and for what; the person may see it. */
export const accessLog = verdictSchema.table(
  "access_log",
  {
    practitionerId: uuid("practitioner_id").notNull(),
    accessedAt: timestamp("accessed_at", { withTimezone: true }).notNull(),
    accessId: uuid("access_id").notNull(),
    keyId: uuid("key_id").notNull(),
    purpose: text("purpose").notNull(),
    requestId: text("request_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.practitionerId, table.accessedAt, table.accessId] })],
);

/** That rows of the access log from before an instant were removed, when and by whom; written before they go. */
export const accessRemoval = verdictSchema.table("access_removal", {
  removalId: uuid("removal_id").primaryKey(),
  removedAt: timestamp("removed_at", { withTimezone: true }).notNull(),
  accessedBefore: timestamp("accessed_before", { withTimezone: true }).notNull(),
  actor: text("actor").notNull(),
});
