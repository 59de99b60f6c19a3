import type { HeldPull } from "@xueshi/database";
import type { HttpJsonConnection, Platform } from "@xueshi/platforms";
import { fetchCatalogue } from "../acquisition/fetch-catalogue.ts";
import { createHttpSession } from "../acquisition/http-session.ts";
import type { PlatformTarget } from "../acquisition/platform-targets.ts";
import type { HttpTarget, PullContext } from "../acquisition/pull-context.ts";
import type { PullEvent } from "../acquisition/pull-event.ts";
import { pullHttpPages } from "../acquisition/pull-http-pages.ts";
import { countRange, type DayRange, instantsOf, pullRange } from "../acquisition/pull-range.ts";
import { scanFiles } from "../acquisition/scan-files.ts";
import { pullStagingTable } from "../acquisition/staging/pull-staging-table.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { keepCatalogue } from "./keep-catalogue.ts";

export type OpenedPull =
  | {
      readonly kind: "events";
      readonly events: AsyncGenerator<PullEvent, void, undefined>;
      /** Rows that a range has, where the platform says so; null: it does not, or all there is is read. */
      readonly rowsExpected: number | null;
    }
  | { readonly kind: "fault"; readonly reason: string };

/** Where a pull reads: from a cursor to the end, or to the end of a range that the cursor leads into. */
export interface Reading {
  readonly cursor: unknown;
  readonly range: DayRange | null;
}

/**
 * Opens the transport that a platform's connection names, at the target of this installation, from a cursor on.
 * The fault `target_mismatch` says that the target is of another transport.
 */
export async function openPull(
  context: IngestionContext,
  platform: Platform,
  pull: HeldPull,
  target: PlatformTarget,
  reading: Reading,
  pullContext: PullContext,
): Promise<OpenedPull> {
  const { connection } = platform;
  const { cursor } = reading;
  switch (connection.transport) {
    case "http-json":
      if (!("baseUrl" in target)) break;
      return openHttpJson(context, { platform, connection, held: pull, target, reading }, pullContext);
    case "sql":
      if (!("databaseUrl" in target)) break;
      return {
        kind: "events",
        events: pullStagingTable(platform, target.databaseUrl, cursor, pullContext),
        rowsExpected: null,
      };
    case "file":
      if (!("folder" in target)) break;
      return { kind: "events", events: scanFiles(platform, target.folder, cursor, pullContext), rowsExpected: null };
  }
  return { kind: "fault", reason: "target_mismatch" };
}

interface HttpPull {
  readonly platform: Platform;
  readonly connection: HttpJsonConnection;
  readonly held: HeldPull;
  readonly target: HttpTarget;
  readonly reading: Reading;
}

async function openHttpJson(context: IngestionContext, pull: HttpPull, pullContext: PullContext): Promise<OpenedPull> {
  const { platform, connection, held, target, reading } = pull;
  const { cursor, range } = reading;
  const session = createHttpSession(connection, target);
  const fetched = await fetchCatalogue(platform, session, pullContext);
  if (fetched?.kind === "fault") return { kind: "fault", reason: fetched.reason };
  if (fetched !== null) await keepCatalogue(context, platform, held, fetched.value, pullContext.signal);
  if (range === null) {
    return { kind: "events", events: pullHttpPages(platform, session, cursor, pullContext), rowsExpected: null };
  }
  const rowsExpected = await countRange(platform, session, range, pullContext);
  const { untilMs } = instantsOf(range);
  return { kind: "events", events: pullRange(platform, session, cursor, untilMs, pullContext), rowsExpected };
}
