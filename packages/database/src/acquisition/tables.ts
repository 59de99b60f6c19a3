import { sql } from "drizzle-orm";
import {
  bigint,
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
    /** incremental (from the cursor on), backfill (a range of days, which moves no cursor) or probe (a deep overlap). */
    kind: text("kind").notNull().default("incremental"),
    /** The first and the last day of a back-fill, in Asia/Shanghai. */
    fromDay: date("from_day"),
    untilDay: date("until_day"),
    /** Public name of the key that asked for it; null: the schedule. */
    requestedBy: text("requested_by"),
  },
  (table) => [
    index("pull_platform_queued").on(table.platform, table.queuedAt),
    // One pull of a platform waits at a time; a back-fill waits beside it.
    uniqueIndex("pull_waiting").on(table.platform).where(sql`state = 'queued' and kind <> 'backfill'`),
  ],
);

/** Where the next pull of a platform starts; never ahead of the rows that are stored. */
export const pullCursor = acquisitionSchema.table("pull_cursor", {
  platform: text("platform").primaryKey(),
  cursor: json("cursor").notNull(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull(),
});

/** How a platform has behaved: its circuit breaker and what its lateness taught. */
export const platformState = acquisitionSchema.table("platform_state", {
  platform: text("platform").primaryKey(),
  failuresInARow: integer("failures_in_a_row").notNull().default(0),
  lastReason: text("last_reason"),
  /** Pulls on schedule wait until then; null: the breaker is closed. */
  retryAt: timestamp("retry_at", { withTimezone: true }),
  /** Overlap learned from measured lateness; null: the configured one. */
  overlapSeconds: integer("overlap_seconds"),
  /** When a pull last looked as far back as it may, to measure lateness. */
  probedAt: timestamp("probed_at", { withTimezone: true }),
  /** The platform's clock less ours, as its last answer said it, milliseconds. */
  clockSkewMs: bigint("clock_skew_ms", { mode: "number" }),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull(),
});

/** How late rows came: a histogram per platform of how far behind the position they were when first met. */
export const lateness = acquisitionSchema.table(
  "lateness",
  {
    platform: text("platform").notNull(),
    /** The upper bound of the bucket, seconds. */
    secondsMax: integer("seconds_max").notNull(),
    rows: bigint("rows", { mode: "number" }).notNull(),
    lastSeenAt: timestamp("last_seen_at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.platform, table.secondsMax] })],
);

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

/** Answered requests that carried an Idempotency-Key; of a stream one row per part. Kept for some days. */
export const pushRequest = acquisitionSchema.table(
  "push_request",
  {
    /** Digest of source, operation and key. */
    requestKey: uuid("request_key").notNull(),
    part: integer("part").notNull(),
    bodyDigest: bytea("body_digest").notNull(),
    batchId: uuid("batch_id"),
    receivedAt: timestamp("received_at", { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.requestKey, table.part] }),
    index("push_request_received").on(table.receivedAt),
  ],
);

/** An uploaded table of records, and how far it is. */
export const upload = acquisitionSchema.table(
  "upload",
  {
    uploadId: uuid("upload_id").primaryKey(),
    source: text("source").notNull(),
    /** received, checked, awaiting_confirmation, storing, stored or failed. */
    state: text("state").notNull(),
    reason: text("reason"),
    mediaType: text("media_type").notNull(),
    /** How it is to be taken: mode, charset, language. */
    settings: jsonb("settings").notNull(),
    bytes: bigint("bytes", { mode: "number" }).notNull(),
    sha256: bytea("sha256").notNull(),
    parts: integer("parts").notNull(),
    rowsTotal: integer("rows_total"),
    rowsDone: integer("rows_done").notNull().default(0),
    counts: jsonb("counts").notNull(),
    receivedAt: timestamp("received_at", { withTimezone: true }).notNull(),
    confirmedAt: timestamp("confirmed_at", { withTimezone: true }),
    endedAt: timestamp("ended_at", { withTimezone: true }),
  },
  (table) => [
    index("upload_content").on(table.source, table.sha256),
    index("upload_open").on(table.receivedAt).where(sql`ended_at is null`),
  ],
);

/** The content of an upload as it came, sealed in pieces, until the retention limit. */
export const uploadPart = acquisitionSchema.table(
  "upload_part",
  {
    uploadId: uuid("upload_id").notNull(),
    part: integer("part").notNull(),
    wrappedKey: bytea("wrapped_key").notNull(),
    sealed: bytea("sealed").notNull(),
    retainUntil: date("retain_until").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.uploadId, table.part] }),
    index("upload_part_retain_until").on(table.retainUntil),
  ],
);

/** Batches that came of an upload, in the order of its rows. */
export const uploadBatch = acquisitionSchema.table(
  "upload_batch",
  {
    uploadId: uuid("upload_id").notNull(),
    part: integer("part").notNull(),
    batchId: uuid("batch_id").notNull(),
    rows: integer("rows").notNull(),
  },
  (table) => [primaryKey({ columns: [table.uploadId, table.part] })],
);

/** What is wrong with rows of an upload, or who in them is not known yet: row, column, code; never a value. */
export const uploadFinding = acquisitionSchema.table(
  "upload_finding",
  {
    uploadId: uuid("upload_id").notNull(),
    rowNumber: integer("row_number").notNull(),
    columnName: text("column_name").notNull(),
    code: text("code").notNull(),
  },
  (table) => [primaryKey({ columns: [table.uploadId, table.rowNumber, table.columnName] })],
);

/** A comparison with a platform over a range of days, and how it was closed. */
export const reconciliation = acquisitionSchema.table(
  "reconciliation",
  {
    reconciliationId: uuid("reconciliation_id").primaryKey(),
    platform: text("platform").notNull(),
    fromDay: date("from_day").notNull(),
    untilDay: date("until_day").notNull(),
    /** queued, comparing, different, repairing, closed or failed. */
    state: text("state").notNull(),
    reason: text("reason"),
    requestedBy: text("requested_by").notNull(),
    queuedAt: timestamp("queued_at", { withTimezone: true }).notNull(),
    startedAt: timestamp("started_at", { withTimezone: true }),
    endedAt: timestamp("ended_at", { withTimezone: true }),
    /** Per day, both sides: records, hours, digest; and how far it is. */
    days: json("days").notNull(),
    /** The last of the pulls that repair it. */
    repairPullId: uuid("repair_pull_id"),
    /** Per day, both sides, as they were when it was closed. */
    proof: json("proof"),
  },
  (table) => [index("reconciliation_platform").on(table.platform, table.queuedAt)],
);

/** A record on which the two sides differ. */
export const reconciliationDifference = acquisitionSchema.table(
  "reconciliation_difference",
  {
    recordKey: uuid("record_key").notNull(),
    /** The comparison that found it: a reconciliation compares anew after a repair, under an id of its own. */
    reconciliationId: uuid("reconciliation_id").notNull(),
    recordId: text("record_id").notNull(),
    day: date("day").notNull(),
    /** missing_here, missing_there or differs. */
    kind: text("kind").notNull(),
    /** What each side says: update time, hours, status, digest; never personal data. */
    here: json("here"),
    there: json("there"),
  },
  (table) => [
    primaryKey({ columns: [table.recordKey, table.reconciliationId] }),
    index("reconciliation_difference_run").on(table.reconciliationId, table.recordKey),
  ],
);
