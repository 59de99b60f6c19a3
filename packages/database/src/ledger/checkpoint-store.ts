import { instantText, type Sql, type Transaction } from "../connection/connect.ts";

/** A signed statement of how the ledger stood. */
export interface CheckpointRow {
  /** Entries of the feed that it covers. */
  readonly size: number;
  readonly signedAtMs: number;
  /** A signed note (C2SP signed-note, tlog-checkpoint). */
  readonly note: string;
}

export async function writeCheckpoint(tx: Sql | Transaction, row: CheckpointRow): Promise<void> {
  await (tx as Sql)`
    INSERT INTO ledger.checkpoint (size, signed_at, note)
    VALUES (${row.size}, ${instantText(row.signedAtMs)}::timestamptz, ${row.note}) ON CONFLICT DO NOTHING`;
}

/** Checkpoints, newest first, before one of them; null: from the newest. */
export async function readCheckpoints(
  sql: Sql | Transaction,
  before: Pick<CheckpointRow, "size" | "signedAtMs"> | null,
  limit: number,
): Promise<CheckpointRow[]> {
  const at = before === null ? null : instantText(before.signedAtMs);
  return (sql as Sql)<CheckpointRow[]>`
    SELECT size, signed_at AS "signedAtMs", note FROM ledger.checkpoint
    WHERE ${at}::timestamptz IS NULL OR (size, signed_at) < (${before?.size ?? 0}::bigint, ${at}::timestamptz)
    ORDER BY size DESC, signed_at DESC LIMIT ${limit}`;
}

/** The newest checkpoint of a size, or of any; null: there is none. */
export async function readCheckpointOf(sql: Sql | Transaction, size: number | null): Promise<CheckpointRow | null> {
  const [row] = await (sql as Sql)<CheckpointRow[]>`
    SELECT size, signed_at AS "signedAtMs", note FROM ledger.checkpoint
    WHERE size = coalesce(${size}::bigint, (SELECT max(size) FROM ledger.checkpoint))
    ORDER BY signed_at DESC LIMIT 1`;
  return row ?? null;
}
