import { readCursor } from "@xueshi/database";
import type { HttpJsonConnection, Platform } from "@xueshi/platforms";
import { fetchCatalogue } from "../acquisition/fetch-catalogue.ts";
import { createHttpSession } from "../acquisition/http-session.ts";
import type { PlatformTarget } from "../acquisition/platform-targets.ts";
import type { HttpTarget, PullContext } from "../acquisition/pull-context.ts";
import type { PullEvent } from "../acquisition/pull-event.ts";
import { pullHttpPages } from "../acquisition/pull-http-pages.ts";
import { scanFiles } from "../acquisition/scan-files.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { keepCatalogue } from "./keep-catalogue.ts";

export type OpenedPull =
  | { readonly kind: "events"; readonly events: AsyncGenerator<PullEvent, void, undefined> }
  | { readonly kind: "fault"; readonly reason: string };

/**
 * Opens the transport that a platform's connection names, at the target of this installation, from the stored cursor on.
 * The fault `target_mismatch` says that the target is of another transport.
 */
export async function openPull(
  context: IngestionContext,
  platform: Platform,
  pullId: string,
  target: PlatformTarget,
  pullContext: PullContext,
): Promise<OpenedPull> {
  const cursor = await readCursor(context.sql, platform.name);
  const { connection } = platform;
  switch (connection.transport) {
    case "http-json":
      if (!("baseUrl" in target)) break;
      return openHttpJson(context, { platform, connection, pullId, target, cursor }, pullContext);
    case "file":
      if (!("folder" in target)) break;
      return { kind: "events", events: scanFiles(platform, target.folder, cursor, pullContext) };
  }
  return { kind: "fault", reason: "target_mismatch" };
}

interface HttpPull {
  readonly platform: Platform;
  readonly connection: HttpJsonConnection;
  readonly pullId: string;
  readonly target: HttpTarget;
  readonly cursor: unknown;
}

async function openHttpJson(context: IngestionContext, pull: HttpPull, pullContext: PullContext): Promise<OpenedPull> {
  const { platform, connection, pullId, target, cursor } = pull;
  const session = createHttpSession(connection, target);
  const fetched = await fetchCatalogue(platform, session, pullContext);
  if (fetched?.kind === "fault") return { kind: "fault", reason: fetched.reason };
  if (fetched !== null) await keepCatalogue(context, platform, pullId, fetched.value, pullContext.signal);
  return { kind: "events", events: pullHttpPages(platform, session, cursor, pullContext) };
}
