import { sql } from "drizzle-orm";
import {
  boolean,
  date,
  index,
  integer,
  json,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea } from "../connection/column-types.ts";

export const acquisitionSchema = pgSchema("acquisition");

/** One pull of one platform: what it read and how it ended. */
export const pull = acquisitionSchema.table(
  "pull",
  {
    pullId: uuid("pull_id").primaryKey(),
    platform: text("platform").notNull(),
    queuedAt: timestamp("queued_at", { withTimezone: true }).notNull(),
    startedAt: timestamp("started_at", { withTimezone: true }),
    endedAt: timestamp("ended_at", { withTimezone: true }),
    /** queued, running, complete, partial or failed. */
    state: text("state").notNull(),
    reason: text("reason"),
    detail: jsonb("detail"),
    pages: integer("pages").notNull().default(0),
    rows: integer("rows").notNull().default(0),
    rowsReread: integer("rows_reread").notNull().default(0),
    advertisedTotal: integer("advertised_total"),
  },
  (table) => [
    index("pull_platform_queued").on(table.platform, table.queuedAt),
    // One pull of a platform waits at a time.
    uniqueIndex("pull_waiting").on(table.platform).where(sql`state = 'queued'`),
  ],
);

/** Where the next pull of a platform starts; never ahead of the rows that are stored. */
export const pullCursor = acquisitionSchema.table("pull_cursor", {
  platform: text("platform").primaryKey(),
  cursor: json("cursor").notNull(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull(),
});

/** Course catalogues as fetched; the newest of a platform is in force. */
export const catalogue = acquisitionSchema.table(
  "catalogue",
  {
    platform: text("platform").notNull(),
    digest: bytea("digest").notNull(),
    fetchedAt: timestamp("fetched_at", { withTimezone: true }).notNull(),
    entries: json("entries").notNull(),
    /** Codes whose earlier records are still to be classified again; null: every code. */
    unsettledCodes: text("unsettled_codes").array(),
    /** The record up to which that is done; null: nothing is. */
    unsettledAfter: uuid("unsettled_after"),
  },
  (table) => [primaryKey({ columns: [table.platform, table.digest] })],
);

/**
 * One batch of rows that was stored in one transaction. `record_keys` and `practitioner_ids` are what its posting must
 * look at again; `posted_at` is the ledger's mark. Rows without it are the queue's truth.
 */
export const batch = acquisitionSchema.table(
  "batch",
  {
    batchId: uuid("batch_id").primaryKey(),
    source: text("source").notNull(),
    origin: text("origin").notNull(),
    pullId: uuid("pull_id"),
    /** True for the last, perhaps empty, batch of a pull that reached its end. */
    closesPull: boolean("closes_pull").notNull().default(false),
    /** For a closing batch: the instant until which the platform is complete. */
    completeUntil: timestamp("complete_until", { withTimezone: true }),
    receivedAt: timestamp("received_at", { withTimezone: true }).notNull(),
    rowCount: integer("row_count").notNull(),
    counts: jsonb("counts").notNull(),
    receipts: json("receipts").notNull(),
    recordKeys: uuid("record_keys").array().notNull(),
    practitionerIds: uuid("practitioner_ids").array().notNull(),
    postedAt: timestamp("posted_at", { withTimezone: true }),
  },
  (table) => [index("batch_unposted").on(table.source, table.receivedAt).where(sql`posted_at is null`)],
);

/** The rows of a batch as they came, under a page key, until the retention limit. */
export const rawPage = acquisitionSchema.table(
  "raw_page",
  {
    batchId: uuid("batch_id").primaryKey(),
    wrappedKey: bytea("wrapped_key").notNull(),
    sealed: bytea("sealed").notNull(),
    retainUntil: date("retain_until").notNull(),
  },
  (table) => [index("raw_page_retain_until").on(table.retainUntil)],
);
