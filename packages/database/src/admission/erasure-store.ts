import { plainArray } from "../connection/array-text.ts";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** `proposed`: nothing is done yet; `running`: the person is erased and what is left of them is looked for; then `done`. */
export type ErasureState = "proposed" | "running" | "done" | "cancelled";

/** What an erasure would be about, as it was when it was asked for. */
export interface ErasurePreview {
  /** The person, and whoever is merged into the person. */
  readonly people: number;
  /** Records that name one of them, and entries that stay. */
  readonly records: number;
  readonly entries: number;
  /** Pages of rows and uploaded files that are kept, and will be looked through. */
  readonly pages: number;
  readonly uploads: number;
  /** Rows with words of operators or sources, which stay, that hold the id or the name; by table. */
  readonly named: readonly { readonly table: string; readonly rows: number }[];
}

/** What is looked through, in this order; `identity` comes last, because by it the rest is recognised. */
export type ErasureStep = "pages" | "uploads" | "identity";

export interface ErasureProgress {
  readonly step: ErasureStep;
  /** The last page or upload that was looked at; null: none of this step. */
  readonly afterId: string | null;
  readonly sums: {
    readonly pagesRead: number;
    readonly pagesRewritten: number;
    readonly pagesDestroyed: number;
    readonly rowsErased: number;
    readonly uploadsRead: number;
    readonly uploadsDestroyed: number;
  };
}

const ERASURE_BEGINNING: ErasureProgress = {
  step: "pages",
  afterId: null,
  sums: { pagesRead: 0, pagesRewritten: 0, pagesDestroyed: 0, rowsErased: 0, uploadsRead: 0, uploadsDestroyed: 0 },
};

export interface ErasureRow {
  readonly erasureId: string;
  readonly practitionerId: string;
  /** The person, and whoever is merged into the person. */
  readonly practitionerIds: readonly string[];
  readonly state: ErasureState;
  /** The reason of the law, by its code. */
  readonly reason: string;
  readonly document: string;
  readonly basis: string;
  readonly proposedBy: string;
  readonly proposedAtMs: number;
  /** Who applied or cancelled it. */
  readonly decidedBy: string | null;
  readonly decidedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Keyed, hex. */
  readonly requestDigest: string;
  readonly preview: ErasurePreview;
  readonly progress: ErasureProgress;
}

const columns = (sql: Sql) => sql`
  erasure_id AS "erasureId", practitioner_id AS "practitionerId", practitioner_ids AS "practitionerIds", state, reason,
  document, basis, proposed_by AS "proposedBy", proposed_at AS "proposedAtMs", decided_by AS "decidedBy",
  decided_at AS "decidedAtMs", ended_at AS "endedAtMs", encode(request_digest, 'hex') AS "requestDigest", preview, progress`;

export async function writeErasure(
  tx: Transaction,
  row: Omit<ErasureRow, "state" | "decidedBy" | "decidedAtMs" | "endedAtMs" | "progress">,
): Promise<void> {
  await tx`
    INSERT INTO admission.erasure (erasure_id, practitioner_id, practitioner_ids, state, reason, document, basis, proposed_by,
      proposed_at, request_digest, preview, progress)
    VALUES (${row.erasureId}, ${row.practitionerId}, ${plainArray(row.practitionerIds)}::uuid[], 'proposed', ${row.reason},
      ${row.document}, ${row.basis}, ${row.proposedBy}, ${instantText(row.proposedAtMs)}::timestamptz,
      decode(${row.requestDigest}, 'hex'), ${tx.json(row.preview as never)}, ${tx.json(ERASURE_BEGINNING as never)})`;
}

/** An erasure by its id; ids are random, so the whole of a small table is looked through. */
export async function readErasure(tx: Sql | Transaction, erasureId: string): Promise<ErasureRow | null> {
  const sql = tx as Sql;
  const [row] = await sql<ErasureRow[]>`SELECT ${columns(sql)} FROM admission.erasure WHERE erasure_id = ${erasureId}`;
  return row ?? null;
}

/** Erasures, newest first. */
export async function readErasures(
  sql: Sql,
  before: { readonly proposedAtMs: number; readonly erasureId: string } | null,
  limit: number,
): Promise<ErasureRow[]> {
  const at = before === null ? null : instantText(before.proposedAtMs);
  return sql<ErasureRow[]>`
    SELECT ${columns(sql)} FROM admission.erasure
    WHERE ${at}::timestamptz IS NULL OR (proposed_at, erasure_id) < (${at}::timestamptz, ${before?.erasureId ?? null}::uuid)
    ORDER BY proposed_at DESC, erasure_id DESC LIMIT ${limit}`;
}

/** Erasures that are under way, oldest first: what a lost hint or a dead process would leave lying. */
export async function readOpenErasures(sql: Sql): Promise<string[]> {
  const rows = await sql`
    SELECT erasure_id FROM admission.erasure WHERE state = 'running' ORDER BY decided_at, erasure_id`.values();
  return rows.map(([erasureId]) => erasureId as string);
}

/** Decides of an erasure that was proposed; false when it was decided of before. */
export async function decideErasure(
  tx: Transaction,
  decision: {
    readonly erasureId: string;
    readonly to: "running" | "cancelled";
    readonly decidedBy: string;
    readonly decidedAtMs: number;
  },
): Promise<boolean> {
  const { erasureId, to, decidedBy, decidedAtMs } = decision;
  const at = instantText(decidedAtMs);
  const rows = await tx`
    UPDATE admission.erasure SET state = ${to}::text, decided_by = ${decidedBy}, decided_at = ${at}::timestamptz,
      ended_at = CASE WHEN ${to}::text = 'cancelled' THEN ${at}::timestamptz END
    WHERE erasure_id = ${erasureId} AND state = 'proposed' RETURNING 1`;
  return rows.length > 0;
}

/** Says how far an erasure is; with `endedAtMs` that it is done. False when it is not under way. */
export async function advanceErasure(
  tx: Transaction,
  step: { readonly erasureId: string; readonly progress: ErasureProgress; readonly endedAtMs?: number },
): Promise<boolean> {
  const endedAt = step.endedAtMs === undefined ? null : instantText(step.endedAtMs);
  const rows = await tx`
    UPDATE admission.erasure SET progress = ${tx.json(step.progress as never)}, ended_at = ${endedAt}::timestamptz,
      state = CASE WHEN ${endedAt}::timestamptz IS NULL THEN 'running' ELSE 'done' END
    WHERE erasure_id = ${step.erasureId} AND state = 'running' RETURNING 1`;
  return rows.length > 0;
}

/** Who somebody is, sealed; of whom only refused rows came there is nothing. */
export async function readSealedPeople(
  tx: Sql | Transaction,
  practitionerIds: readonly string[],
): Promise<{ wrappedKey: Uint8Array; sealed: Uint8Array }[]> {
  return (tx as Sql)<{ wrappedKey: Uint8Array; sealed: Uint8Array }[]>`
    SELECT wrapped_key AS "wrappedKey", sealed FROM admission.identity
    WHERE practitioner_id = ANY(${plainArray(practitionerIds)}::uuid[]) AND octet_length(sealed) > 0`;
}

/** Records that rows of some people name, and how many entries there are of them; read group by group. */
export async function readTraces(
  tx: Sql | Transaction,
  practitionerIds: readonly string[],
): Promise<{ readonly recordKeys: readonly string[]; readonly entries: number }> {
  const sql = tx as Sql;
  const people = plainArray(practitionerIds);
  const [versions, refusals, [counted]] = await Promise.all([
    sql`SELECT DISTINCT record_key FROM admission.version WHERE practitioner_id = ANY(${people}::uuid[])`.values(),
    sql`SELECT DISTINCT record_key FROM admission.refusal WHERE practitioner_id = ANY(${people}::uuid[])`.values(),
    sql<{ entries: number }[]>`
      SELECT count(*)::int AS entries FROM ledger.entry WHERE practitioner_id = ANY(${people}::uuid[])`,
  ]);
  const recordKeys = [...new Set([...versions, ...refusals].map(([recordKey]) => recordKey as string))];
  return { recordKeys, entries: counted?.entries ?? 0 };
}

/** How many pages and uploaded files are kept. */
export async function countKeptPayloads(tx: Sql | Transaction): Promise<{ pages: number; uploads: number }> {
  const sql = tx as Sql;
  const [pages, uploads] = await Promise.all([
    sql<{ count: number }[]>`SELECT count(*)::int AS count FROM acquisition.raw_page`,
    sql<{ count: number }[]>`SELECT count(DISTINCT upload_id)::int AS count FROM acquisition.upload_part`,
  ]);
  return { pages: pages[0]?.count ?? 0, uploads: uploads[0]?.count ?? 0 };
}
