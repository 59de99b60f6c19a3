import type { PullOutcome } from "@xueshi/domain";
import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

export interface PullView {
  readonly pullId: string;
  readonly platform: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly state: "running" | PullOutcome;
  readonly reason: string | null;
  readonly detail: unknown;
  readonly pages: number;
  readonly rows: number;
  readonly advertisedTotal: number | null;
}

export async function startPull(
  sql: Sql,
  pull: { pullId: string; platform: string; startedAtMs: number },
): Promise<void> {
  await sql`
    INSERT INTO acquisition.pull (pull_id, platform, started_at, state)
    VALUES (${pull.pullId}, ${pull.platform}, ${instantText(pull.startedAtMs)}::timestamptz, 'running')`;
}

/** A pull that never ended because its process died is `failed`; called before the next one of the platform starts. */
export async function failInterruptedPulls(sql: Sql, platform: string, endedAtMs: number): Promise<void> {
  await sql`
    UPDATE acquisition.pull SET state = 'failed', reason = 'interrupted', ended_at = ${instantText(endedAtMs)}::timestamptz
    WHERE platform = ${platform} AND state = 'running'`;
}

/** What a page adds to its pull; in the page's own transaction. */
export async function advancePull(
  tx: Transaction,
  pull: { pullId: string; pages: number; rows: number; advertisedTotal: number | null },
): Promise<void> {
  await tx`
    UPDATE acquisition.pull SET pages = pages + ${pull.pages}, rows = rows + ${pull.rows},
      advertised_total = coalesce(${pull.advertisedTotal}::int, advertised_total)
    WHERE pull_id = ${pull.pullId}`;
}

export async function endPull(
  tx: Transaction,
  pull: { pullId: string; endedAtMs: number; outcome: PullOutcome; reason: string | null; detail: unknown },
): Promise<void> {
  await tx`
    UPDATE acquisition.pull SET state = ${pull.outcome}, reason = ${pull.reason},
      detail = ${tx.json((pull.detail ?? null) as null)}, ended_at = ${instantText(pull.endedAtMs)}::timestamptz
    WHERE pull_id = ${pull.pullId}`;
}

const selectPull = (sql: Sql) => sql`
  SELECT pull_id AS "pullId", platform, started_at AS "startedAtMs", ended_at AS "endedAtMs", state, reason, detail,
    pages, rows, advertised_total AS "advertisedTotal"
  FROM acquisition.pull`;

/** Newest first; `before` is the (startedAt, id) of the last one seen. */
export async function readPulls(
  sql: Sql,
  query: { platform: string | null; before: { startedAtMs: number; pullId: string } | null; limit: number },
): Promise<PullView[]> {
  const { platform, before, limit } = query;
  return sql<PullView[]>`${selectPull(sql)}
    WHERE (${platform}::text IS NULL OR platform = ${platform})
      AND (${before === null} OR (started_at, pull_id) <
        (${instantText(before?.startedAtMs ?? 0)}::timestamptz, ${before?.pullId ?? null}::uuid))
    ORDER BY started_at DESC, pull_id DESC LIMIT ${limit}`;
}

export async function readPull(sql: Sql, pullId: string): Promise<PullView | null> {
  const [row] = await sql<PullView[]>`${selectPull(sql)} WHERE pull_id = ${pullId}`;
  return row ?? null;
}

export async function readCursor(sql: Sql, platform: string): Promise<unknown> {
  const [row] = await sql<
    { cursor: unknown }[]
  >`SELECT cursor FROM acquisition.pull_cursor WHERE platform = ${platform}`;
  return row?.cursor ?? null;
}

/** Stored in the transaction of the rows it stands behind, so it is never ahead of them (design invariant 13). */
export async function writeCursor(tx: Transaction, platform: string, cursor: unknown, nowMs: number): Promise<void> {
  await tx`
    INSERT INTO acquisition.pull_cursor (platform, cursor, updated_at)
    VALUES (${platform}, ${tx.json(cursor as string)}, ${instantText(nowMs)}::timestamptz)
    ON CONFLICT (platform) DO UPDATE SET cursor = excluded.cursor, updated_at = excluded.updated_at`;
}

export async function readTakenFiles(sql: Sql, platform: string): Promise<{ fileName: string; fileDigest: string }[]> {
  return sql<{ fileName: string; fileDigest: string }[]>`
    SELECT file_name AS "fileName", encode(file_digest, 'hex') AS "fileDigest"
    FROM acquisition.taken_file WHERE platform = ${platform}`;
}

export async function writeTakenFile(
  tx: Transaction,
  file: { platform: string; fileName: string; fileDigest: string; takenAtMs: number },
): Promise<void> {
  await tx`
    INSERT INTO acquisition.taken_file (platform, file_name, file_digest, taken_at)
    VALUES (${file.platform}, ${file.fileName}, decode(${file.fileDigest}, 'hex'), ${instantText(file.takenAtMs)}::timestamptz)
    ON CONFLICT DO NOTHING`;
}

/** The newest course catalogue of each platform: subject codes by category. */
export async function readCatalogues(sql: Sql | Transaction): Promise<{ platform: string; entries: unknown }[]> {
  return (sql as Sql)<{ platform: string; entries: unknown }[]>`
    SELECT DISTINCT ON (platform) platform, entries FROM acquisition.catalogue ORDER BY platform, fetched_at DESC`;
}

export async function writeCatalogue(
  sql: Sql,
  catalogue: { platform: string; digest: string; entries: unknown; fetchedAtMs: number },
): Promise<void> {
  await sql`
    INSERT INTO acquisition.catalogue (platform, digest, fetched_at, entries)
    VALUES (${catalogue.platform}, decode(${catalogue.digest}, 'hex'), ${instantText(catalogue.fetchedAtMs)}::timestamptz,
      ${sql.json(catalogue.entries as string)})
    ON CONFLICT (platform, digest) DO UPDATE SET fetched_at = excluded.fetched_at`;
}
