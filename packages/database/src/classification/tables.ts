import { boolean, pgSchema, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const classificationSchema = pgSchema("classification");

/** What operators decided of records; the newest of a record is in force, none is ever changed. */
export const decision = classificationSchema.table(
  "decision",
  {
    recordKey: uuid("record_key").notNull(),
    decidedAt: timestamp("decided_at", { withTimezone: true }).notNull(),
    decisionId: uuid("decision_id").notNull(),
    subject: text("subject"),
    countsBesides: boolean("counts_besides").notNull(),
    reason: text("reason").notNull(),
    document: text("document"),
    actor: text("actor").notNull(),
  },
  (table) => [primaryKey({ columns: [table.recordKey, table.decidedAt, table.decisionId] })],
);
