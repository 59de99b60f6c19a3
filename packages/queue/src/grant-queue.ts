import pg from "pg";
import { defaultSchema } from "./queue-config.ts";
import { withOwner } from "./with-owner.ts";

/** Any constant will do; the lock is held for the grants alone. "tuple concurrently updated" otherwise. */
const grantLock = 0x786d_7067;

/**
 * Gives each role what a queue or a worker needs and no more: to use the schema, to read and write its rows, to
 * draw ids, to read the migration ledger. No role may change a table. Harmless when run again.
 * @param roles names of existing roles
 */
export async function grantQueue(
  postgresOwnerUrl: string,
  roles: readonly string[],
  schema: string = defaultSchema,
): Promise<void> {
  const inSchema = pg.escapeIdentifier(schema);
  await withOwner(postgresOwnerUrl, async (client) => {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1, hashtext($2))", [grantLock, schema]);
    for (const role of roles.map((name) => pg.escapeIdentifier(name))) {
      await client.query(`grant usage on schema ${inSchema} to ${role}`);
      await client.query(`grant select, insert, update, delete on all tables in schema ${inSchema} to ${role}`);
      await client.query(`revoke insert, update, delete on ${inSchema}.migration from ${role}`);
      await client.query(`grant usage on all sequences in schema ${inSchema} to ${role}`);
    }
    await client.query("commit");
  });
}
