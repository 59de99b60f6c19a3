import { parseRecord } from "@xueshi/contracts";
import { readRowBatch, readSealedRows } from "@xueshi/database";
import { CONTENT_DIGITS, type PlatformRecord } from "@xueshi/domain";
import { mapRow, type Platform, parsedContent } from "@xueshi/platforms";
import { sha256Hex } from "@xueshi/vault";
import type { IngestionContext } from "../../ingestion-context.ts";
import { admissionContextOf } from "../admission-context.ts";
import { pushedContent, pushedRow } from "../pushed-row.ts";
import { openRawRows } from "./open-raw-rows.ts";
import type { RowKey } from "./row-id.ts";

/** A row as it came: mapped where it had the shape of a record, else what could be read of it. */
export type RawRecord = Omit<PlatformRecord, "recordId" | "source">;

type RawContext = Pick<IngestionContext, "sql" | "vault" | "sources">;

/**
 * Finds a row in the page that brought it, by the digest of its content. Null once the page's retention has ended, or
 * where the mapping has changed so much that no row of the page has that content any more.
 */
export async function openRawRow(context: RawContext, row: RowKey): Promise<RawRecord | null> {
  const batch = await readRowBatch(context.sql, row);
  if (batch === null) return null;
  const page = await readSealedRows(context.sql, batch.batchId);
  if (page === null) return null;
  const platform = context.sources.platformNamed(page.source);
  const rows = openRawRows(context.vault.openPage(page), platform);
  for (const raw of rows) {
    const record =
      platform === null
        ? findPushed(raw, page, row.contentDigest, context)
        : findPulled(raw, platform, row.contentDigest);
    if (record !== null) return record;
  }
  return null;
}

function findPulled(raw: unknown, platform: Platform, contentDigest: string): RawRecord | null {
  if (!isSameContent(sha256Hex(parsedContent(platform, raw)), contentDigest)) return null;
  const mapped = mapRow(platform, raw);
  return mapped.kind === "record" ? mapped.record : null;
}

function findPushed(
  raw: unknown,
  { source, receivedAtMs }: { readonly source: string; readonly receivedAtMs: number },
  contentDigest: string,
  context: RawContext,
): RawRecord | null {
  const parsed = parseRecord(raw, source, receivedAtMs, "en");
  if (parsed.ok) return isSameContent(sha256Hex(pushedContent(parsed.record)), contentDigest) ? parsed.record : null;
  const row = pushedRow(raw, source, receivedAtMs, "en", admissionContextOf(context));
  if (row.kind !== "misshapen" || !isSameContent(row.row.contentDigest, contentDigest)) return null;
  const { idType } = parsed.readable;
  return { ...readableRecord(raw), ...(idType !== null && idType !== "resident-id" ? { idType } : {}) };
}

/** A content that a re-admission stored a second time has another end of its digest. */
function isSameContent(digest: string, other: string): boolean {
  return digest.slice(0, CONTENT_DIGITS) === other.slice(0, CONTENT_DIGITS);
}

/** What can be read of a pushed element that is no record: its scalars, and nothing where there are none. */
function readableRecord(raw: unknown): RawRecord {
  const text = (key: string, value: unknown = raw): string | null => {
    const field = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    return typeof field === "string" || typeof field === "number" ? String(field) : null;
  };
  const practitioner = typeof raw === "object" && raw !== null && "practitioner" in raw ? raw.practitioner : null;
  return {
    idNumber: text("idNumber", practitioner) ?? "",
    name: text("name", practitioner) ?? "",
    title: text("title") ?? "",
    provider: text("provider"),
    hours: text("hours") ?? "",
    subjectCode: text("subject") ?? text("subjectCode") ?? "",
    subjectBasis: text("subject") === null ? "code" : "name",
    status: "final",
    obtainedOn: text("obtainedOn") ?? "",
    studiedFrom: text("studiedFrom"),
    studiedUntil: text("studiedUntil"),
    attributedYear: text("attributedYear"),
    pathway: text("pathway"),
    assessedOn: text("assessedOn"),
    updateTimeMs: null,
    otherFields: {},
  };
}
