import {
  date,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
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

/** Previews of what a draft of a rule set would change, and for whom; see {@link impactFlip}. */
export const impactPreview = requirementSchema.table(
  "impact_preview",
  {
    previewId: uuid("preview_id").notNull(),
    startedAt: timestamp("started_at", { withTimezone: true }).notNull(),
    /** Null until every practitioner was looked at. */
    endedAt: timestamp("ended_at", { withTimezone: true }),
    previewedBy: text("previewed_by").notNull(),
    ruleSetId: text("rule_set_id").notNull(),
    digest: bytea("digest").notNull(),
    fullText: text("full_text").notNull(),
    asOf: date("as_of").notNull(),
    /** The declarations that were asked, in the order of their numbers in the flips. */
    questions: jsonb("questions").notNull(),
    people: integer("people").notNull(),
    flips: integer("flips").notNull(),
  },
  (table) => [primaryKey({ columns: [table.previewId] })],
);

/** One answer that a draft would change. That everybody's records were read for it, by whom and when, the preview says. */
export const impactFlip = requirementSchema.table(
  "impact_flip",
  {
    practitionerId: uuid("practitioner_id").notNull(),
    previewId: uuid("preview_id").notNull(),
    question: smallint("question").notNull(),
    before: text("before").notNull(),
    after: text("after").notNull(),
    /** Codes and ids of what changed: reasons before and after, requirements that are no longer met or now are. */
    why: text("why").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.practitionerId, table.previewId, table.question] }),
    index("impact_flip_preview").on(table.previewId, table.practitionerId),
  ],
);
