import { runMigrations } from "bullmq";
import pg from "pg";
import { jobNames } from "./jobs.ts";
import { defaultSchema } from "./queue-config.ts";
import { withOwner } from "./with-owner.ts";

/**
 * Brings BullMQ's tables in `schema` to this version, as the owner; run once by whoever starts the system, and
 * harmless when run again or by several at once (BullMQ holds an advisory lock). Grant afterwards.
 */
export async function migrateQueue(postgresOwnerUrl: string, schema: string = defaultSchema): Promise<void> {
  await withOwner(postgresOwnerUrl, async (client) => {
    await runMigrations(client, schema);
    await client.query("select set_config('search_path', $1, false)", [pg.escapeIdentifier(schema)]);
    // Each queue's id sequence is otherwise made by the first role that enqueues, and no other could use it.
    for (const name of jobNames) await client.query("select next_job_id($1)", [name]);
  });
}
