import type { Sql } from "../connection/connect.ts";

/** The class of the advisory locks that are platforms' leases; any number, always the same. */
const LEASE_CLASS = 730_580;

export interface LeaseBeat {
  /** How often the holder shows that it is there, milliseconds. */
  readonly everyMs: number;
  /** Called with each beat; the action's own look at whether it should go on. */
  readonly onBeat: () => void;
}

/**
 * Runs an action while holding the platform's lease: a session lock on a connection of its own, so that two pulls of one
 * platform do not run at once and a dead process blocks nobody. The holder says something on that connection at every
 * beat; where it falls silent, as behind a network that swallows everything, the server ends the session (the client's
 * `idleSessionMsMax`), and a beat that is not answered until the next one aborts the action. When the connection is lost
 * the lease is too: the signal aborts, and whatever the action still writes is refused (see `advancePull`).
 * @param open opens a client of one connection; `onClose` is called when the connection closes
 * @param beat for actions that take long
 * @returns null when another one holds the lease
 */
export async function withPlatformLease<T>(
  open: (onClose: () => void) => Sql,
  platform: string,
  action: (lost: AbortSignal) => Promise<T>,
  beat: LeaseBeat | null = null,
): Promise<T | null> {
  const lost = new AbortController();
  const session = open(() => lost.abort());
  let timer: NodeJS.Timeout | null = null;
  try {
    const [row] = await session<{ held: boolean }[]>`
      SELECT pg_try_advisory_lock(${LEASE_CLASS}::int, hashtext(${platform})) AS held`;
    if (row?.held !== true) return null;
    if (beat !== null) timer = startBeating(session, beat, lost);
    try {
      return await action(lost.signal);
    } finally {
      // Given back before the connection closes, which the server notices a moment later; a lost one held nothing.
      const givenBack = session`SELECT pg_advisory_unlock(${LEASE_CLASS}::int, hashtext(${platform}))`.catch(() => {});
      await Promise.race([givenBack, aborted(lost.signal)]);
      if (timer !== null) clearInterval(timer);
    }
  } finally {
    await session.end({ timeout: lost.signal.aborted ? 0 : 5 });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function startBeating(session: Sql, beat: LeaseBeat, lost: AbortController): NodeJS.Timeout {
  let isUnanswered = false;
  return setInterval(() => {
    if (isUnanswered) {
      lost.abort();
      return;
    }
    isUnanswered = true;
    session`SELECT 1`.then(
      () => {
        isUnanswered = false;
      },
      () => lost.abort(),
    );
    beat.onBeat();
  }, beat.everyMs);
}

/**
 * Platforms with a pull that waits or is said to run while nobody holds their lease: what a lost hint or a dead process
 * would leave lying. Only looks at the leases (pg_locks), so it is in nobody's way.
 */
export async function readAbandonedPlatforms(sql: Sql): Promise<string[]> {
  const rows = await sql<{ platform: string }[]>`
    SELECT DISTINCT platform FROM acquisition.pull
    WHERE state IN ('queued', 'running') AND NOT EXISTS (
      SELECT FROM pg_locks
      WHERE locktype = 'advisory' AND granted AND classid = ${LEASE_CLASS}::int::oid
        AND objid = (hashtext(platform)::bigint & 4294967295)::oid
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`;
  return rows.map((row) => row.platform);
}
