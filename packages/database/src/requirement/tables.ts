import { pgSchema, primaryKey, text, timestamp } from "drizzle-orm/pg-core";
import { bytea } from "../connection/column-types.ts";

export const requirementSchema = pgSchema("requirement");

/** Rule sets as this installation activated them: append-only; the activation is the rule's known time. */
export const activation = requirementSchema.table(
  "activation",
  {
    ruleSetId: text("rule_set_id").notNull(),
    activatedAt: timestamp("activated_at", { withTimezone: true }).notNull(),
    digest: bytea("digest").notNull(),
    fullText: text("full_text").notNull(),
    activatedBy: text("activated_by").notNull(),
  },
  (table) => [primaryKey({ columns: [table.ruleSetId, table.activatedAt, table.digest] })],
);
