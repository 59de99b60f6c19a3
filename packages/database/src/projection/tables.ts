import { sql } from "drizzle-orm";
import { bigint, index, pgSchema, primaryKey, smallint, text, uuid } from "drizzle-orm/pg-core";

export const projectionSchema = pgSchema("projection");

/** How each record stands now: a cache of the chain, rebuilt from it at will. */
export const recordState = projectionSchema.table(
  "record_state",
  {
    practitionerId: uuid("practitioner_id").notNull(),
    recordKey: uuid("record_key").notNull(),
    slot: text("slot").notNull(),
    source: text("source").notNull(),
    state: text("state").notNull(),
    achievementKey: uuid("achievement_key"),
    sequence: bigint("sequence", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.practitionerId, table.recordKey, table.slot] }),
    index("record_state_achievement")
      .on(table.practitionerId, table.achievementKey)
      .where(sql`achievement_key is not null`),
    index("record_state_review").on(table.recordKey).where(sql`state in ('unclassified', 'duplicate')`),
    index("record_state_sources").on(table.practitionerId, table.source).where(sql`slot = '' and state = 'registered'`),
    index("record_state_held").on(table.recordKey).where(sql`state = 'held'`),
  ],
);

/** Counting hours per person, platform of record, recognition rule set, year, subject and pathway: a cache of the chain. */
export const balance = projectionSchema.table(
  "balance",
  {
    practitionerId: uuid("practitioner_id").notNull(),
    platform: text("platform").notNull(),
    recognition: text("recognition").notNull(),
    attributedYear: smallint("attributed_year").notNull(),
    subject: text("subject").notNull(),
    pathway: text("pathway").notNull(),
    hoursHundredths: bigint("hours_hundredths", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.practitionerId,
        table.platform,
        table.recognition,
        table.attributedYear,
        table.subject,
        table.pathway,
      ],
    }),
  ],
);
