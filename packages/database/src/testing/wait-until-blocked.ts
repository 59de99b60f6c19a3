import type { Sql } from "../connection/connect.ts";

const LOOKS_MAX = 2_000;
const LOOK_EVERY_MS = 5;

/** The process id of a connection of one. */
export async function backendOf(sql: Sql): Promise<number> {
  const [row] = await sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  return row?.pid ?? 0;
}

/** Returns the process id of a backend that waits for one held by `blockerPid`. Throws when none does in ten seconds. */
export async function waitUntilBlocked(observer: Sql, blockerPid: number): Promise<number> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const [row] = await observer<{ pid: number }[]>`
      SELECT pid FROM pg_stat_activity WHERE ${blockerPid}::int = ANY(pg_blocking_pids(pid)) LIMIT 1`;
    if (row !== undefined) return row.pid;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error("nothing waits for that backend");
}
