import {
  date,
  index,
  integer,
  json,
  jsonb,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
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
  /** Digest of the name without separators and in simplified characters; null: the same as name_digest. */
  nameVariantDigest: bytea("name_variant_digest"),
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
    nameVariantDigest: bytea("name_variant_digest"),
    /** The decision by which it is left out; null: it takes part. */
    voidedBy: uuid("voided_by"),
  },
  (table) => [
    primaryKey({ columns: [table.recordKey, table.updateTime, table.contentDigest] }),
    index("version_practitioner").on(table.practitionerId),
    index("version_source_update_time").on(table.source, table.updateTime),
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
  (table) => [
    primaryKey({ columns: [table.recordKey, table.updateTime, table.contentDigest] }),
    index("refusal_source_update_time").on(table.source, table.updateTime),
  ],
);

/** What operators decided of held, refused and conflicting rows; nothing is ever changed, an undo is another row. */
export const rowDecision = admissionSchema.table(
  "row_decision",
  {
    recordKey: uuid("record_key").notNull(),
    decidedAt: timestamp("decided_at", { withTimezone: true }).notNull(),
    decisionId: uuid("decision_id").notNull(),
    /** The row decided of. */
    updateTime: timestamp("update_time", { withTimezone: true }).notNull(),
    contentDigest: bytea("content_digest").notNull(),
    /** accept, correct, refuse or undo. */
    kind: text("kind").notNull(),
    /** For an undo: the decision taken back. */
    undoes: uuid("undoes"),
    /** For a correction: the content of the version that took the row's place. */
    correctedDigest: bytea("corrected_digest"),
    reason: text("reason").notNull(),
    document: text("document"),
    actor: text("actor").notNull(),
  },
  (table) => [primaryKey({ columns: [table.recordKey, table.decidedAt, table.decisionId] })],
);

/** Other names under which operators accepted a person's rows. */
export const nameAlias = admissionSchema.table(
  "name_alias",
  {
    practitionerId: uuid("practitioner_id").notNull(),
    nameDigest: bytea("name_digest").notNull(),
    decisionId: uuid("decision_id").notNull(),
    withdrawnAt: timestamp("withdrawn_at", { withTimezone: true }),
  },
  (table) => [primaryKey({ columns: [table.practitionerId, table.nameDigest, table.decisionId] })],
);

/** Decisions that an id was wrong and its records are another person's; the newest of a person is in force. */
export const personMerge = admissionSchema.table(
  "person_merge",
  {
    practitionerId: uuid("practitioner_id").notNull(),
    decidedAt: timestamp("decided_at", { withTimezone: true }).notNull(),
    decisionId: uuid("decision_id").notNull(),
    /** Whose the records are; null: the merge is taken back. */
    intoPractitionerId: uuid("into_practitioner_id"),
    reason: text("reason").notNull(),
    document: text("document"),
    actor: text("actor").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.practitionerId, table.decidedAt, table.decisionId] }),
    index("person_merge_into").on(table.intoPractitionerId),
  ],
);

/** What two records of one person say together that can hardly be: sessions face to face at the same time. */
export const finding = admissionSchema.table(
  "finding",
  {
    recordKey: uuid("record_key").notNull(),
    code: text("code").notNull(),
    otherRecordKey: uuid("other_record_key").notNull(),
    practitionerId: uuid("practitioner_id").notNull(),
    batchId: uuid("batch_id").notNull(),
    foundAt: timestamp("found_at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.recordKey, table.code, table.otherRecordKey] })],
);

/** Who opened a row that is kept apart, and saw the masked id and names of the person whom it names. Nothing is ever changed. */
export const rowAccess = admissionSchema.table(
  "row_access",
  {
    practitionerId: uuid("practitioner_id").notNull(),
    accessedAt: timestamp("accessed_at", { withTimezone: true }).notNull(),
    accessId: uuid("access_id").notNull(),
    keyId: uuid("key_id").notNull(),
    recordKey: uuid("record_key").notNull(),
    requestId: text("request_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.practitionerId, table.accessedAt, table.accessId] })],
);

/** A re-admission of kept raw pages after a mapping was mended, and what it changed in sum. */
export const readmission = admissionSchema.table("readmission", {
  readmissionId: uuid("readmission_id").primaryKey(),
  source: text("source").notNull(),
  startedAt: timestamp("started_at", { withTimezone: true }).notNull(),
  endedAt: timestamp("ended_at", { withTimezone: true }),
  state: text("state").notNull(),
  actor: text("actor").notNull(),
  reason: text("reason").notNull(),
  counts: jsonb("counts").notNull(),
});

/** A row that reads otherwise after a re-admission; no personal data. */
export const readmissionChange = admissionSchema.table(
  "readmission_change",
  {
    recordKey: uuid("record_key").notNull(),
    readmissionId: uuid("readmission_id").notNull(),
    updateTime: timestamp("update_time", { withTimezone: true }).notNull(),
    contentDigest: bytea("content_digest").notNull(),
    source: text("source").notNull(),
    recordId: text("record_id").notNull(),
    before: json("before"),
    after: json("after"),
  },
  (table) => [
    primaryKey({ columns: [table.recordKey, table.readmissionId, table.updateTime, table.contentDigest] }),
    index("readmission_change_run").on(table.readmissionId, table.recordKey),
  ],
);

/**
 * That a person was erased: by whose decision, for which reason of the law, and under which basis the entries stay. Nothing is
 * ever changed; rows for the person are refused from here on.
 */
export const tombstone = admissionSchema.table("tombstone", {
  practitionerId: uuid("practitioner_id").primaryKey(),
  erasureId: uuid("erasure_id").notNull(),
  erasedAt: timestamp("erased_at", { withTimezone: true }).notNull(),
  reason: text("reason").notNull(),
  document: text("document").notNull(),
  basis: text("basis").notNull(),
  actor: text("actor").notNull(),
});

/** An erasure that was asked for, and how far it is: the work of it. What it did is in the tombstones. */
export const erasure = admissionSchema.table(
  "erasure",
  {
    practitionerId: uuid("practitioner_id").notNull(),
    erasureId: uuid("erasure_id").notNull(),
    /** The person, and whoever is merged into the person. */
    practitionerIds: uuid("practitioner_ids").array().notNull(),
    state: text("state").notNull(),
    reason: text("reason").notNull(),
    document: text("document").notNull(),
    basis: text("basis").notNull(),
    proposedBy: text("proposed_by").notNull(),
    proposedAt: timestamp("proposed_at", { withTimezone: true }).notNull(),
    decidedBy: text("decided_by"),
    decidedAt: timestamp("decided_at", { withTimezone: true }),
    endedAt: timestamp("ended_at", { withTimezone: true }),
    requestDigest: bytea("request_digest").notNull(),
    preview: json("preview").notNull(),
    /** What is done already, and how much of it was found. */
    progress: json("progress").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.practitionerId, table.erasureId] }),
    index("erasure_proposed").on(table.proposedAt, table.erasureId),
  ],
);
