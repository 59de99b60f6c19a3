import { boolean, json, pgSchema, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const classificationSchema = pgSchema("classification");

/** What operators decided of records; of a topic the newest of a record is in force, none is ever changed. */
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
    /** What it is about: the subject, whether the record is a duplicate, or both. */
    topic: text("topic").notNull().default("all"),
    /** The decision of the same record that it takes back. */
    undoes: uuid("undoes"),
  },
  (table) => [primaryKey({ columns: [table.recordKey, table.decidedAt, table.decisionId] })],
);

/** What an applied correction decides of one record, or that it is taken back; how the record stands follows from it. */
export const correctionDecision = classificationSchema.table(
  "correction_decision",
  {
    recordKey: uuid("record_key").notNull(),
    decidedAt: timestamp("decided_at", { withTimezone: true }).notNull(),
    /** The correction; of an undo an id of its own. */
    decisionId: uuid("decision_id").notNull(),
    undoes: uuid("undoes"),
    /** The code by which the record is taken back. */
    revokes: text("revokes"),
    changes: json("changes").notNull(),
    note: text("note").notNull(),
    actor: text("actor").notNull(),
  },
  (table) => [primaryKey({ columns: [table.recordKey, table.decidedAt, table.decisionId] })],
);
