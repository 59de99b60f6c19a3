import { mapRow, type Platform, parsedContent } from "@xueshi/platforms";
import type { IncomingRow } from "./judge-rows.ts";

/** A raw row of a pulled platform by its mapping, with the content that its digest is taken over. */
export function incomingRow(platform: Platform, raw: unknown): IncomingRow {
  const mapped = mapRow(platform, raw);
  switch (mapped.kind) {
    case "total_row":
      return mapped;
    case "malformed":
      return { kind: "malformed", recordId: mapped.recordId, content: parsedContent(platform, raw) };
    case "record":
      return { kind: "record", record: mapped.record, content: parsedContent(platform, raw) };
  }
}
