import { type Head, isTombstone } from "./append-entries.ts";
import type { Entry } from "./entry.ts";
import { GENESIS_HASH } from "./entry-hash.ts";
import { type LedgerFinding, shownValue } from "./ledger-finding.ts";

/**
 * An entry beside the hash that it should have, which whoever read the chain has made: H(hash of the entry before it, as that
 * is kept ‖ H(every field)), the genesis hash standing before a person's first one.
 */
export interface LinkedEntry extends Entry {
  /** Whether that is the hash that it has. */
  readonly isLinked: boolean;
  /** Hex. */
  readonly expectedHash: string;
}

/** What a chain comes to, folded from its first entry. */
export interface ChainFold {
  readonly practitionerId: string;
  /** Postings that no reversal took back, by sequence. */
  readonly standing: ReadonlyMap<number, Entry>;
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
export function verifyChain(practitionerId: string, entries: readonly LinkedEntry[]): ChainFold {
  const findings: LedgerFinding[] = [];
  const standing = new Map<number, Entry>();
  let [sequence, recordedAtMs] = [0, 0];
  let nameDigest: string | null = null;
  let tombstone: Entry | null = null;
  for (const entry of entries) {
    // Not a number: an instant that no entry could have been given.
    const runsBack = !(entry.recordedAtMs >= recordedAtMs);
    if (entry.sequence !== sequence + 1 || !entry.isLinked || runsBack || tombstone !== null) {
      findings.push(...wrongsOf(entry, { sequence, recordedAtMs, runsBack, isClosed: tombstone !== null }));
    }
    ({ sequence, recordedAtMs } = entry);
    if (entry.kind === "posting") standing.set(sequence, entry);
    else if (entry.kind === "identity") {
      nameDigest = entry.nameDigest;
      if (isTombstone(entry)) tombstone = entry;
    } else takeBack(entry, standing, findings);
  }
  const hash = entries.at(-1)?.hash ?? GENESIS_HASH;
  const head = { practitionerId, sequence, hash, recordedAtMs, nameDigest };
  return { practitionerId, standing, head, tombstone, findings };
}

/** What is wrong with an entry in its place. */
function wrongsOf(
  entry: LinkedEntry,
  before: {
    readonly sequence: number;
    readonly recordedAtMs: number;
    readonly runsBack: boolean;
    readonly isClosed: boolean;
  },
): LedgerFinding[] {
  const findings: LedgerFinding[] = [];
  const wrong = (code: LedgerFinding["code"], field: string, expected: unknown, found: unknown) =>
    findings.push({ ...placeOf(entry), code, field, ...pairOf(expected, found) });
  const { sequence, recordedAtMs } = entry;
  if (sequence !== before.sequence + 1) wrong("entry_out_of_sequence", "sequence", before.sequence + 1, sequence);
  if (!entry.isLinked) wrong("entry_hash_differs", "hash", entry.expectedHash, entry.hash);
  if (before.runsBack) wrong("entry_time_runs_back", "recorded_at", before.recordedAtMs, recordedAtMs);
  if (before.isClosed) wrong("entry_after_erasure", "sequence", null, sequence);
  return findings;
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
