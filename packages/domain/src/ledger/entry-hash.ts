import type { Entry } from "./entry.ts";

/**
 * The versions of the encoding below; a changed field list gets a new number and never replaces an old one. The second
 * has the assessment at its end, and is that of the entries that carry one.
 */
const ENTRY_FORMAT = 1;
const ENTRY_FORMAT_ASSESSED = 2;

/** The hash before the first entry of a practitioner: 32 zero bytes, hex. */
export const GENESIS_HASH = "0".repeat(64);

/**
 * Every field of an entry but its own hash, as one JSON array in the form of RFC 8785 (strings, safe integers and nulls
 * only): injective, and easy to recompute in any language.
 */
export function encodeEntry(entry: Omit<Entry, "hash">): string {
  const isAssessed = entry.assessedOn != null;
  return JSON.stringify([
    isAssessed ? ENTRY_FORMAT_ASSESSED : ENTRY_FORMAT,
    entry.practitionerId,
    entry.sequence,
    entry.postingId,
    entry.recordedAtMs,
    entry.kind,
    entry.reverses,
    entry.recordKey,
    entry.slot,
    entry.source,
    entry.recordId,
    entry.platform,
    entry.state,
    entry.code,
    entry.hoursHundredths,
    entry.subject,
    entry.attributedYear,
    entry.obtainedOn,
    entry.pathway,
    entry.recognition,
    entry.title,
    entry.trace,
    entry.flags,
    entry.sourceDigest,
    entry.updateTimeMs,
    entry.reason,
    entry.actor,
    entry.note,
    entry.nameDigest,
    ...(isAssessed ? [entry.assessedOn] : []),
  ]);
}

/** SHA-256 over a UTF-8 text, and over two hex digests joined as bytes; both return hex. */
export interface HashSuite {
  readonly text: (text: string) => string;
  readonly pair: (leftHex: string, rightHex: string) => string;
}

/** hash = H(previous ‖ H(fields)), so that a proof can show one entry without the others (design invariant 7). */
export function entryHash(suite: HashSuite, previousHash: string, entry: Omit<Entry, "hash">): string {
  return suite.pair(previousHash, suite.text(encodeEntry(entry)));
}
