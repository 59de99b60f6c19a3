import type postgres from "postgres";
import type { Sql } from "./connect.ts";

/** A session that sees one moment of the database, until it is closed. */
export interface Snapshot {
  readonly sql: Sql;
  close(): Promise<void>;
}

const SNAPSHOT_ID = /^[0-9A-F]+(?:-[0-9A-F]+)*$/;

/** Takes a connection of a pool to see the database as it is now and to write nothing; with `id`, as an exported moment. */
export async function openSnapshot(sql: Sql, id: string | null = null): Promise<Snapshot> {
  if (id !== null && !SNAPSHOT_ID.test(id)) throw new RangeError("this is no snapshot");
  const session: postgres.ReservedSql = await sql.reserve();
  try {
    await session.unsafe("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    if (id !== null) await session.unsafe(`SET TRANSACTION SNAPSHOT '${id}'`);
  } catch (error) {
    session.release();
    throw error;
  }
  const close = async (): Promise<void> => {
    await session.unsafe("ROLLBACK");
    session.release();
  };
  return { sql: session as unknown as Sql, close };
}

/**
 * For a session that reads one range after another, beside others that do: sorting a range on disk, or sharing it among
 * processes that the others need, costs half as much again as reading it.
 */
export async function keepToItself({ sql }: Snapshot): Promise<void> {
  await sql.unsafe("SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '64MB'");
}

/** Names the moment that a snapshot sees, so that other sessions see the same while it is open. */
export async function exportSnapshot({ sql }: Snapshot): Promise<string> {
  const [row] = await sql<{ id: string }[]>`SELECT pg_export_snapshot() AS id`;
  return row?.id ?? "";
}
