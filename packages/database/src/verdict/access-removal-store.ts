import { instantText, type Sql, type Transaction } from "../connection/connect.ts";
import { beginTransaction } from "../connection/run-transaction.ts";

/** That rows of the access log from before an instant are removed, when and by whom; instants in ms since 1970 UTC. */
export interface AccessRemoval {
  readonly removalId: string;
  readonly removedAtMs: number;
  readonly accessedBeforeMs: number;
  readonly actor: string;
}

/** Rows that are looked at in one transaction, about: nobody's rows are split. */
const ROWS_PER_STEP = 20_000;

/** Smaller than every id, which is a digest. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** Whether the session may get past the guard of the access log: as who owns it, and may silence triggers (a superuser). */
export async function readMayRemoveAccess(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ may: boolean }[]>`
    SELECT has_parameter_privilege('session_replication_role', 'SET')
      AND has_table_privilege('verdict.access_log', 'DELETE') AS may`;
  return row?.may === true;
}

/** How many rows of the access log are from before an instant, milliseconds since 1970 UTC. Reads all of it. */
export async function countAccessBefore(sql: Sql, beforeMs: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    SELECT count(*) AS count FROM verdict.access_log WHERE accessed_at < ${instantText(beforeMs)}::timestamptz`;
  return row?.count ?? 0;
}

/** The removals there were, oldest first. */
export async function readAccessRemovals(sql: Sql): Promise<AccessRemoval[]> {
  return sql<AccessRemoval[]>`
    SELECT removal_id AS "removalId", removed_at AS "removedAtMs", accessed_before AS "accessedBeforeMs", actor
    FROM verdict.access_removal ORDER BY removed_at, removal_id`;
}

/**
 * Removes the rows of the access log from before an instant, person by person in many short transactions, so that services
 * go on writing to it. What is removed is stated first, and stays stated where the removal is cut off; another one goes on
 * with it. The guard stays as it is for everybody else: only these transactions silence triggers, for this one statement.
 * @param done told after each transaction how many rows it removed
 */
export async function removeAccess(
  sql: Sql,
  removal: AccessRemoval,
  done: (removed: number) => void,
  rowsPerStep = ROWS_PER_STEP,
): Promise<void> {
  await sql`
    INSERT INTO verdict.access_removal (removal_id, removed_at, accessed_before, actor)
    VALUES (${removal.removalId}, ${instantText(removal.removedAtMs)}::timestamptz,
      ${instantText(removal.accessedBeforeMs)}::timestamptz, ${removal.actor})`;
  for (let afterId: string | null = NOBODY; afterId !== null; ) {
    const untilId: string | null = await findEndOfStep(sql, afterId, rowsPerStep);
    const range = { afterId, untilId };
    done(await beginTransaction(sql, (tx) => removeStep(tx, range, removal.accessedBeforeMs)));
    afterId = untilId;
  }
}

/** Whose rows end a step that begins after somebody; null: everybody's that are left. */
async function findEndOfStep(sql: Sql, afterId: string, rowsPerStep: number): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`
    SELECT practitioner_id AS id FROM verdict.access_log WHERE practitioner_id > ${afterId}::uuid
    ORDER BY practitioner_id OFFSET ${rowsPerStep} LIMIT 1`;
  return row?.id ?? null;
}

async function removeStep(
  tx: Transaction,
  { afterId, untilId }: { readonly afterId: string; readonly untilId: string | null },
  beforeMs: number,
): Promise<number> {
  await tx`SET LOCAL session_replication_role = replica`;
  const gone = await tx`
    DELETE FROM verdict.access_log
    WHERE practitioner_id > ${afterId}::uuid AND (${untilId}::uuid IS NULL OR practitioner_id <= ${untilId}::uuid)
      AND accessed_at < ${instantText(beforeMs)}::timestamptz`;
  return gone.count;
}
