import { type Catalogue, type Platform, readCatalogue } from "@xueshi/platforms";
import type { HttpSession, Reading } from "./http-session.ts";
import { valueAt } from "./json-path.ts";
import type { PullContext } from "./pull-context.ts";

export interface FetchedCatalogue {
  readonly catalogue: Catalogue;
  /** The entries as the platform sent them. */
  readonly entries: readonly unknown[];
  /** The body as received, for the archive. */
  readonly body: Uint8Array;
}

/**
 * Fetches a platform's own course catalogue, at the start of each pull.
 * @returns null when the platform has none; a fault as a pull has them: an empty catalogue is `list_empty`, because
 * taking it would leave every record without a subject
 */
export async function fetchCatalogue(
  platform: Platform,
  session: HttpSession,
  context: PullContext,
): Promise<Reading<FetchedCatalogue> | null> {
  const { connection } = platform;
  const settings = connection.transport === "http-json" ? connection.catalogue : null;
  if (settings === null) return null;
  return session.ask(
    settings,
    {},
    (body, bytes) => {
      const entries = valueAt(body, settings.entries);
      if (!Array.isArray(entries)) return { kind: "fault", reason: "body_invalid" };
      const catalogue = readCatalogue(settings, entries);
      if (catalogue.size === 0) return { kind: "fault", reason: entries.length === 0 ? "list_empty" : "schema_drift" };
      return { kind: "value", value: { catalogue, entries, body: bytes } };
    },
    context,
  );
}
