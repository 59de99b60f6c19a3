import { plainArray, textArray } from "../connection/array-text.ts";
import { instantText, type Sql } from "../connection/connect.ts";

/** A preview as it begins: the draft, who asks, and the declarations that everybody is asked about. */
export interface ImpactPreviewStart {
  readonly previewId: string;
  readonly startedAtMs: number;
  readonly previewedBy: string;
  readonly ruleSetId: string;
  /** SHA-256 of the full text, hex. */
  readonly digest: string;
  readonly fullText: string;
  readonly asOf: string;
  readonly questions: readonly object[];
}

export interface ImpactPreview extends ImpactPreviewStart {
  /** Null for one that did not come to its end. */
  readonly endedAtMs: number | null;
  readonly people: number;
  readonly flips: number;
}

export interface ImpactFlip {
  readonly practitionerId: string;
  /** Index of the question. */
  readonly question: number;
  readonly before: string;
  readonly after: string;
  readonly why: string;
}

const BEFORE_ALL = "00000000-0000-0000-0000-000000000000";

export async function startImpactPreview(sql: Sql, preview: ImpactPreviewStart): Promise<void> {
  await sql`
    INSERT INTO requirement.impact_preview
      (preview_id, started_at, previewed_by, rule_set_id, digest, full_text, as_of, questions, people, flips)
    VALUES (${preview.previewId}, ${instantText(preview.startedAtMs)}::timestamptz, ${preview.previewedBy},
      ${preview.ruleSetId}, decode(${preview.digest}, 'hex'), ${preview.fullText}, ${preview.asOf}::date,
      ${sql.json(preview.questions as never)}, 0, 0)`;
}

/** Keeps what a draft would change for some people. The same flips again change nothing. */
export async function writeImpactFlips(sql: Sql, previewId: string, flips: readonly ImpactFlip[]): Promise<void> {
  if (flips.length === 0) return;
  await sql`
    INSERT INTO requirement.impact_flip (practitioner_id, preview_id, question, before, after, why)
    SELECT person, ${previewId}, question, before, after, why FROM unnest(
      ${plainArray(flips.map((flip) => flip.practitionerId))}::uuid[],
      ${plainArray(flips.map((flip) => flip.question))}::smallint[],
      ${textArray(flips.map((flip) => flip.before))}::text[],
      ${textArray(flips.map((flip) => flip.after))}::text[],
      ${textArray(flips.map((flip) => flip.why))}::text[]
    ) AS flip (person, question, before, after, why)
    ORDER BY person, question
    ON CONFLICT DO NOTHING`;
}

export async function endImpactPreview(
  sql: Sql,
  end: { readonly previewId: string; readonly endedAtMs: number; readonly people: number; readonly flips: number },
): Promise<void> {
  await sql`
    UPDATE requirement.impact_preview
    SET ended_at = ${instantText(end.endedAtMs)}::timestamptz, people = ${end.people}, flips = ${end.flips}
    WHERE preview_id = ${end.previewId}`;
}

/** The newest previews, newest first; or the one of an id, as text. */
export async function readImpactPreviews(
  sql: Sql,
  { limit, previewId = null }: { readonly limit: number; readonly previewId?: string | null },
): Promise<ImpactPreview[]> {
  return sql<ImpactPreview[]>`
    SELECT preview_id AS "previewId", started_at AS "startedAtMs", ended_at AS "endedAtMs",
      previewed_by AS "previewedBy", rule_set_id AS "ruleSetId", encode(digest, 'hex') AS digest,
      full_text AS "fullText", as_of AS "asOf", questions, people, flips
    FROM requirement.impact_preview
    WHERE ${previewId}::text IS NULL OR preview_id::text = ${previewId}
    ORDER BY started_at DESC, preview_id LIMIT ${limit}`;
}

/** A page of what one preview would change, in the order of practitioners and questions, after one of these. */
export async function readImpactFlips(
  sql: Sql,
  query: {
    readonly previewId: string;
    /** Null: from the first. */
    readonly after: { readonly practitionerId: string; readonly question: number } | null;
    readonly limit: number;
  },
): Promise<ImpactFlip[]> {
  const { practitionerId = BEFORE_ALL, question = 0 } = query.after ?? {};
  return sql<ImpactFlip[]>`
    SELECT practitioner_id AS "practitionerId", question, before, after, why FROM requirement.impact_flip
    WHERE preview_id = ${query.previewId} AND (practitioner_id, question) > (${practitionerId}::uuid, ${question}::smallint)
    ORDER BY practitioner_id, question LIMIT ${query.limit}`;
}
