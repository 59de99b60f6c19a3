import type { StoredVersionOrder } from "@xueshi/database";
import { CONTENT_DIGITS } from "@xueshi/domain";
import { contentKeyOf } from "./judge-rows.ts";

/** A stored content of a record, how many rows said it, and whether it was left out because it reads otherwise now. */
export interface StoredContent
  extends Pick<StoredVersionOrder, "recordKey" | "updateTimeMs" | "contentDigest" | "occurrences"> {
  readonly isLeftOut: boolean;
}

/** Where rows that say a content are counted: its digest there, and how many there are. */
export type ContentPlace = Pick<StoredContent, "contentDigest" | "occurrences">;

/**
 * Places of contents that rows may say again, by their keys (`contentKeyOf`). Where a re-admission stored a content a
 * second time, under another end of its digest, rows are counted at the one that stands.
 */
export function placesOfContents(stored: readonly StoredContent[]): ReadonlyMap<string, ContentPlace> {
  const standing = new Map<string, ContentPlace>();
  if (stored.some(({ isLeftOut }) => isLeftOut)) {
    for (const one of stored) if (!one.isLeftOut) standing.set(shortKeyOf(one), one);
  }
  return new Map(
    stored.map((one) => [
      contentKeyOf(one.recordKey, one),
      one.isLeftOut ? (standing.get(shortKeyOf(one)) ?? one) : one,
    ]),
  );
}

function shortKeyOf({ recordKey, updateTimeMs, contentDigest }: StoredContent): string {
  return contentKeyOf(recordKey, { updateTimeMs, contentDigest: contentDigest.slice(0, CONTENT_DIGITS) });
}
