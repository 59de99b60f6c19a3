import { type Head, isTombstone } from "./append-entries.ts";
import type { Entry } from "./entry.ts";
import { GENESIS_HASH, type HashSuite } from "./entry-hash.ts";
import { type LedgerFinding, shownValue } from "./ledger-finding.ts";

/** An entry with the hash over its encoded fields (hex), which whoever read it has made from every column. */
export interface HashedEntry extends Entry {
  readonly fieldsHash: string;
}

/** What a chain comes to, folded from its first entry. */
export interface ChainFold {
  readonly practitionerId: string;
  /** Postings that no reversal took back, by sequence. */
  readonly standing: ReadonlyMap<number, Entry>;
  /** Every record that an entry speaks of. */
  readonly recordKeys: ReadonlySet<string>;
  /** The head that the entries lead to; what it says of turns is not in them. */
  readonly head: Omit<Head, "turn">;
  /** The entry that says that the person was erased; null: there is none, and the chain is open. */
  readonly tombstone: Entry | null;
  readonly findings: readonly LedgerFinding[];
}

/** What a reversal repeats of the posting that it takes back, by column. */
const REPEATED = [
  ["record_key", "recordKey"],
  ["slot", "slot"],
  ["source", "source"],
  ["record_id", "recordId"],
  ["platform", "platform"],
  ["state", "state"],
  ["code", "code"],
  ["subject", "subject"],
  ["attributed_year", "attributedYear"],
  ["obtained_on", "obtainedOn"],
  ["pathway", "pathway"],
  ["assessed_on", "assessedOn"],
  ["recognition", "recognition"],
  ["title", "title"],
  ["trace", "trace"],
  ["flags", "flags"],
  ["source_digest", "sourceDigest"],
  ["update_time", "updateTimeMs"],
] as const satisfies readonly (readonly [string, keyof Entry])[];

/**
 * Folds a person's entries, in order of sequence, and checks them: numbers are dense, each hash follows from the fields and
 * the hash before it, times never run backwards, a reversal takes back one standing posting as it was, and nothing follows
 * the entry by which somebody was erased.
 * Each link is checked by the stored hash before it, so one changed entry is one finding and not one for each that follows.
 * Source: ARCHITECTURE.md, invariants 1 and 7.
 */
export function verifyChain(
  practitionerId: string,
  entries: readonly HashedEntry[],
  suite: Pick<HashSuite, "pair">,
): ChainFold {
  const findings: LedgerFinding[] = [];
  const standing = new Map<number, Entry>();
  const recordKeys = new Set<string>();
  let [sequence, hash, recordedAtMs] = [0, GENESIS_HASH, 0];
  let nameDigest: string | null = null;
  let tombstone: Entry | null = null;
  for (const entry of entries) {
    const wrong = (code: LedgerFinding["code"], field: string, expected: unknown, found: unknown) =>
      findings.push({ ...placeOf(entry), code, field, ...pairOf(expected, found) });
    if (entry.sequence !== sequence + 1) wrong("entry_out_of_sequence", "sequence", sequence + 1, entry.sequence);
    const expected = suite.pair(hash, entry.fieldsHash);
    if (entry.hash !== expected) wrong("entry_hash_differs", "hash", expected, entry.hash);
    // Not a number: an instant that no entry could have been given.
    if (!(entry.recordedAtMs >= recordedAtMs)) {
      wrong("entry_time_runs_back", "recorded_at", recordedAtMs, entry.recordedAtMs);
    }
    ({ sequence, hash, recordedAtMs } = entry);
    if (tombstone !== null) wrong("entry_after_erasure", "sequence", null, sequence);
    if (entry.recordKey !== null) recordKeys.add(entry.recordKey);
    if (isTombstone(entry)) tombstone = entry;
    if (entry.kind === "identity") nameDigest = entry.nameDigest;
    else if (entry.kind === "posting") standing.set(sequence, entry);
    else takeBack(entry, standing, findings);
  }
  const head = { practitionerId, sequence, hash, recordedAtMs, nameDigest };
  return { practitionerId, standing, recordKeys, head, tombstone, findings };
}

function placeOf({ practitionerId, sequence }: Entry): Pick<LedgerFinding, "table" | "key"> {
  return { table: "ledger.entry", key: `${practitionerId}/${sequence}` };
}

function pairOf(expected: unknown, found: unknown): Pick<LedgerFinding, "expected" | "found"> {
  const shown = (value: unknown) => shownValue(value as string | number | null);
  return { expected: shown(expected), found: shown(found) };
}

function takeBack(reversal: Entry, standing: Map<number, Entry>, findings: LedgerFinding[]): void {
  const wrong = (field: string, expected: unknown, found: unknown) =>
    findings.push({ ...placeOf(reversal), code: "reversal_wrong", field, ...pairOf(expected, found) });
  const posting = standing.get(reversal.reverses ?? 0);
  if (posting === undefined) {
    wrong("reverses", null, reversal.reverses);
    return;
  }
  standing.delete(posting.sequence);
  for (const [column, field] of REPEATED) {
    if (reversal[field] !== posting[field]) wrong(column, posting[field], reversal[field]);
  }
  const hours = posting.hoursHundredths;
  const negated = hours === null || hours === 0 ? hours : -hours;
  if (reversal.hoursHundredths !== negated) wrong("hours_hundredths", negated, reversal.hoursHundredths);
}

/** Compares the head of a chain with what its entries lead to; null: there is no such row. */
export function verifyHead(fold: ChainFold, head: Head | null): LedgerFinding[] {
  const { practitionerId, head: expected } = fold;
  const place = { code: "head_differs", table: "ledger.head", key: practitionerId } as const;
  if (head === null) {
    return expected.sequence === 0
      ? []
      : [{ ...place, field: null, expected: `sequence ${expected.sequence}`, found: null }];
  }
  const columns = [
    ["sequence", expected.sequence, head.sequence],
    ["hash", expected.hash, head.hash],
    ["recorded_at", expected.recordedAtMs, head.recordedAtMs],
    ["name_digest", expected.nameDigest, head.nameDigest],
  ] as const;
  return columns
    .filter(([, wanted, kept]) => wanted !== kept)
    .map(([field, wanted, kept]) => ({ ...place, field, ...pairOf(wanted, kept) }));
}
