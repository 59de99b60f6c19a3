import type {
  CorrectableField,
  CorrectableValue,
  CorrectionKind,
  DuplicateDecisionKind,
  RecordState,
  Subject,
} from "@xueshi/domain";
import type { VersionFilter } from "../classification/correction-choice-store.ts";
import { plainArray, textArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** What an operator puts right, by field; hours are hundredths. */
export type CorrectedValues = Readonly<Partial<Record<CorrectableField, CorrectableValue>>> & {
  readonly subject?: Subject;
};

/** A correction as it was asked for: of records each by itself, or of sets of records that are duplicates or are not. */
export type CorrectionRow = AskedCorrection & (OfRecords | OfRecordSets);

interface OfRecords {
  readonly kind: CorrectionKind;
  readonly recordSets: null;
}

interface OfRecordSets {
  readonly kind: DuplicateDecisionKind;
  /** Sets of records, by key, that are one achievement, or of which none is another's. */
  readonly recordSets: readonly (readonly string[])[];
}

interface AskedCorrection {
  readonly correctionId: string;
  readonly reason: string;
  readonly document: string | null;
  /** Null: the records are named; they are those of its first preview. */
  readonly filter: VersionFilter | null;
  /** Null: the kind takes the records back. */
  readonly changes: CorrectedValues | null;
  readonly proposedBy: string;
  readonly proposedAtMs: number;
  /** SHA-256 of what was asked, hex. */
  readonly requestDigest: string;
}

export type CorrectionStepKind =
  | "proposed"
  | "previewed"
  | "applied"
  | "cancelled"
  | "undo_proposed"
  | "undo_cancelled"
  | "undone";

/** The sums of a preview. */
export interface CorrectionPreview {
  /** Records that are named or found; of them those that would change, and those that are so already. */
  readonly records: number;
  readonly changing: number;
  readonly unchanged: number;
  /** Of the named records those of people who were erased; absent: there are none. */
  readonly erased?: number;
  /** Records that are not named and change with them, such as a duplicate that counts then. */
  readonly following: number;
  readonly people: number;
  /** What changes of the hours that count, hundredths, by platform of record, year and subject. */
  readonly hours: readonly {
    readonly platform: string;
    readonly year: number;
    readonly subject: Subject;
    readonly hundredths: number;
  }[];
  /** How many of the named records go from which state to which; null: the ledger has none for it. */
  readonly states: readonly {
    readonly before: RecordState | null;
    readonly after: RecordState | null;
    readonly records: number;
  }[];
}

export interface CorrectionStepRow {
  readonly correctionId: string;
  /** From 1. */
  readonly step: number;
  readonly kind: CorrectionStepKind;
  readonly takenAtMs: number;
  readonly actor: string;
  readonly reason: string | null;
  /** Of `proposed` and `previewed`, and what `undone` did; with the digest (hex) of all that it saw. */
  readonly preview: CorrectionPreview | null;
  readonly previewDigest: string | null;
  readonly postingIds: readonly string[] | null;
}

/** Lets one transaction at a time move a correction on. */
export async function lockCorrection(tx: Transaction, correctionId: string): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`correction ${correctionId}`}, 0))`;
}

const columns = (sql: Sql) => sql`
  correction_id AS "correctionId", kind, reason, document, filter, changes, record_sets AS "recordSets",
  proposed_by AS "proposedBy",
  proposed_at AS "proposedAtMs", encode(request_digest, 'hex') AS "requestDigest"`;

export async function writeCorrection(tx: Transaction, row: CorrectionRow): Promise<void> {
  const json = (value: object | null) => (value === null ? null : JSON.stringify(value));
  await tx`
    INSERT INTO ledger.correction
      (correction_id, kind, reason, document, filter, changes, record_sets, proposed_by, proposed_at, request_digest)
    VALUES (${row.correctionId}, ${row.kind}, ${row.reason}, ${row.document}, ${json(row.filter)}::text::json,
      ${json(row.changes)}::text::json, ${json(row.recordSets)}::text::json, ${row.proposedBy}, ${instantText(row.proposedAtMs)}::timestamptz,
      decode(${row.requestDigest}, 'hex'))`;
}

export async function readCorrection(tx: Sql | Transaction, correctionId: string): Promise<CorrectionRow | null> {
  const sql = tx as Sql;
  const [row] = await sql<CorrectionRow[]>`
    SELECT ${columns(sql)} FROM ledger.correction WHERE correction_id = ${correctionId}`;
  return row ?? null;
}

/** What corrections are about: records each by itself, or sets of records. */
export type CorrectionSubject = "records" | "record_sets";

/** Corrections newest first, before one of them; null: from the newest. */
export async function readCorrections(
  sql: Sql,
  of: CorrectionSubject,
  before: Pick<CorrectionRow, "proposedAtMs" | "correctionId"> | null,
  limit: number,
): Promise<CorrectionRow[]> {
  const at = before === null ? null : instantText(before.proposedAtMs);
  return sql<CorrectionRow[]>`
    SELECT ${columns(sql)} FROM ledger.correction
    WHERE ${of === "records" ? sql`record_sets IS NULL` : sql`record_sets IS NOT NULL`}
      AND (${at}::timestamptz IS NULL
        OR (proposed_at, correction_id) < (${at}::timestamptz, ${before?.correctionId ?? null}::uuid))
    ORDER BY proposed_at DESC, correction_id DESC LIMIT ${limit}`;
}

/** The steps of corrections, in their order. */
export async function readCorrectionSteps(
  tx: Sql | Transaction,
  correctionIds: readonly string[],
): Promise<CorrectionStepRow[]> {
  return (tx as Sql)<CorrectionStepRow[]>`
    SELECT correction_id AS "correctionId", step, kind, taken_at AS "takenAtMs", actor, reason, preview,
      encode(preview_digest, 'hex') AS "previewDigest", posting_ids AS "postingIds"
    FROM ledger.correction_step WHERE correction_id = ANY(${plainArray(correctionIds)}::uuid[])
    ORDER BY correction_id, step`;
}

export async function writeCorrectionStep(tx: Transaction, row: CorrectionStepRow): Promise<void> {
  await tx`
    INSERT INTO ledger.correction_step
      (correction_id, step, kind, taken_at, actor, reason, preview, preview_digest, posting_ids)
    VALUES (${row.correctionId}, ${row.step}, ${row.kind}, ${instantText(row.takenAtMs)}::timestamptz, ${row.actor},
      ${row.reason}, ${row.preview === null ? null : JSON.stringify(row.preview)}::text::json,
      decode(${row.previewDigest}, 'hex'), ${row.postingIds === null ? null : plainArray(row.postingIds)}::uuid[])`;
}

/** How a record stands, as a preview shows it. */
export interface SeenStanding {
  readonly state: RecordState;
  readonly code: string | null;
  readonly hoursHundredths: number | null;
  readonly subject: Subject | null;
  readonly platform: string;
  readonly year: number | null;
  readonly obtainedOn: string | null;
}

/** A record as a preview saw it; null: the ledger has no main standing for it, or would have none. */
export interface CorrectionRecordRow {
  readonly recordKey: string;
  readonly source: string;
  readonly recordId: string;
  /** `follows`: it is not named, and changes with one that is; `erased`: whoever it was of was erased. */
  readonly outcome: "changes" | "unchanged" | "follows" | "erased";
  readonly before: SeenStanding | null;
  readonly after: SeenStanding | null;
}

export async function writeCorrectionRecords(
  tx: Transaction,
  { correctionId, step }: Pick<CorrectionStepRow, "correctionId" | "step">,
  rows: readonly CorrectionRecordRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const json = (value: SeenStanding | null) => (value === null ? null : JSON.stringify(value));
  await tx`
    INSERT INTO ledger.correction_record
      (record_key, correction_id, step, source, record_id, outcome, before, after)
    SELECT key, ${correctionId}::uuid, ${step}::int, source, record_id, outcome, before::json, after::json FROM unnest(
      ${plainArray(rows.map((row) => row.recordKey))}::uuid[],
      ${textArray(rows.map((row) => row.source))}::text[],
      ${textArray(rows.map((row) => row.recordId))}::text[],
      ${textArray(rows.map((row) => row.outcome))}::text[],
      ${textArray(rows.map((row) => json(row.before)))}::text[],
      ${textArray(rows.map((row) => json(row.after)))}::text[]
    ) AS row (key, source, record_id, outcome, before, after)`;
}

/** A page of what a preview saw, in order of key, after one of them; null: from the first. */
export async function readCorrectionRecords(
  tx: Sql | Transaction,
  query: {
    readonly correctionId: string;
    readonly step: number;
    readonly afterKey: string | null;
    readonly limit: number;
  },
): Promise<CorrectionRecordRow[]> {
  return (tx as Sql)<CorrectionRecordRow[]>`
    SELECT record_key AS "recordKey", source, record_id AS "recordId", outcome, before, after
    FROM ledger.correction_record
    WHERE correction_id = ${query.correctionId} AND step = ${query.step}
      AND record_key > ${query.afterKey ?? KEY_BEFORE_ALL}::uuid
    ORDER BY record_key LIMIT ${query.limit}`;
}

/** Smaller than every key, which is a digest. */
const KEY_BEFORE_ALL = "00000000-0000-0000-0000-000000000000";

/** The records that a preview saw named or found, by key. */
export async function readNamedRecords(
  tx: Transaction,
  { correctionId, step }: Pick<CorrectionStepRow, "correctionId" | "step">,
): Promise<string[]> {
  const rows = await tx`
    SELECT record_key FROM ledger.correction_record
    WHERE correction_id = ${correctionId} AND step = ${step} AND outcome <> 'follows' ORDER BY record_key`.values();
  return rows.map(([recordKey]) => recordKey as string);
}
