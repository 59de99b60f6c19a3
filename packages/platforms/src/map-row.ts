import { compileMapping, type MappedRow } from "./compile-mapping.ts";
import type { Platform } from "./platform.ts";

/**
 * Maps one raw row, as the platform sent it, to the product's field names; values stay verbatim and untrusted.
 * A total row is no record. A row is malformed when it is no object, has no record id or a mapped field is no scalar.
 */
export function mapRow(platform: Platform, row: unknown): MappedRow {
  return compileMapping(platform.mapping).mapRow(platform.name, row);
}

/**
 * The parsed fields of a raw row but the update time, as JSON with sorted keys: its SHA-256 is the content digest.
 * Source: platforms.md, "What the rows mean", rule 1.
 */
export function parsedContent(platform: Platform, row: unknown): string {
  return compileMapping(platform.mapping).parsedContent(row);
}

/** The update time of a raw row in milliseconds since 1970 UTC, or null when it cannot be read. */
export function updateTimeMsOf(platform: Platform, row: unknown): number | null {
  return compileMapping(platform.mapping).updateTimeMsOf(row);
}
