import type { Platform } from "@xueshi/platforms";
import { z } from "zod";
import type { PullContext } from "../pull-context.ts";
import type { PullEvent } from "../pull-event.ts";
import { PullTally } from "../pull-tally.ts";
import { openMysqlStaging } from "./open-mysql-staging.ts";
import { openPostgresqlStaging } from "./open-postgresql-staging.ts";
import { pullPendingRows } from "./pull-pending-rows.ts";
import { pullStagedUpdates } from "./pull-staged-updates.ts";
import { type StagingDatabase, StagingFault } from "./staging-database.ts";

const stagedCursor = z.object({ staged: z.object({ time: z.string().max(64) }).nullable() });

/**
 * Pulls a platform that fills a staging table, over a connection of this pull's own, which may not write; rows are
 * marked over another one. Yields pages, then one end; what goes wrong at the database is its reason, never an exception.
 * @param url `postgres://…` or `mysql://…`, with its credentials
 * @param cursor the `cursorAfter` of the last stored page; null, or one of another kind: the pull starts afresh
 * @throws TypeError when the platform does not fill a table
 */
export async function* pullStagingTable(
  platform: Platform,
  url: string,
  cursor: unknown,
  context: PullContext,
): AsyncGenerator<PullEvent, void, undefined> {
  const { connection } = platform;
  if (connection.transport !== "sql") throw new TypeError(`${platform.name} does not fill a staging table.`);
  const { dialect, statementTimeoutMs, read } = connection;
  const open = dialect === "postgresql" ? openPostgresqlStaging : openMysqlStaging;
  const tally = new PullTally(context.clock());
  let database: StagingDatabase;
  try {
    database = open({ url, statementTimeoutMs, readOnly: true, signal: context.signal });
  } catch {
    // The driver takes no such address; what it says may hold the password.
    context.logger.warn("staging address cannot be read", { platform: platform.name });
    yield tally.end("connection_failed");
    return;
  }
  const openForMarking = () => open({ url, statementTimeoutMs, readOnly: false, signal: null });
  try {
    if (read.kind === "mark-as-taken") {
      yield* pullPendingRows(platform, { connection, read, database, openForMarking }, { tally, context });
      return;
    }
    const stored = stagedCursor.safeParse(cursor);
    const position = stored.success ? stored.data.staged : null;
    yield* pullStagedUpdates(platform, { connection, read }, database, position, { tally, context });
  } catch (error) {
    if (!(error instanceof StagingFault)) throw error;
    context.logger.warn("staging table could not be read", { platform: platform.name, reason: error.reason });
    yield tally.end(error.reason);
  } finally {
    await database.close();
  }
}
