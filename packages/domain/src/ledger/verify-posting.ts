import { type LedgerFinding, shownValue } from "./ledger-finding.ts";
import { REASONS_OF_SOME } from "./plan-postings.ts";

/** A posting as it is kept. */
export interface KeptPosting {
  readonly postingId: string;
  readonly batchId: string | null;
  readonly reason: string;
  readonly actor: string;
  readonly recordedAtMs: number;
  readonly entryCount: number;
}

/** What the entries of one posting come to. */
export interface PostingSum {
  readonly postingId: string;
  readonly entryCount: number;
  /** Of the latest of them, milliseconds since 1970 UTC. */
  readonly recordedAtMs: number;
  /** First and last by name: one where all are the same. */
  readonly actors: readonly [string, string];
  /** Entries that state no name. */
  readonly recordEntries: number;
  /** Those of them whose reason was given for the whole posting, and those reasons as the actors. */
  readonly statedEntries: number;
  readonly statedReasons: readonly [string | null, string | null];
}

/** A batch as far as its posting is about it. */
export interface KeptBatch {
  readonly batchId: string;
  readonly origin: string;
  readonly people: number;
  readonly postedAtMs: number | null;
}

/** Of postings that give each of their entries its own reason. */
const EACH_ITS_OWN = "batch";

type Differs = (field: string | null, expected: unknown, found: unknown) => void;

function collect(table: string, key: string): { readonly findings: LedgerFinding[]; readonly differs: Differs } {
  const findings: LedgerFinding[] = [];
  const shown = (value: unknown) => shownValue(value as string | number | null);
  const differs: Differs = (field, expected, found) => {
    if (expected === found) return;
    findings.push({ code: "posting_differs", table, key, field, expected: shown(expected), found: shown(found) });
  };
  return { findings, differs };
}

/** Compares a posting with its entries; null: there are none. */
export function verifyPosting(posting: KeptPosting | null, sum: PostingSum | null): LedgerFinding[] {
  const { findings, differs } = collect("ledger.posting", (posting ?? sum)?.postingId ?? "");
  if (posting === null) {
    differs(null, `${sum?.entryCount} entries`, null);
    return findings;
  }
  differs("entry_count", sum?.entryCount ?? 0, posting.entryCount);
  if (sum === null) return findings;
  differs("recorded_at", sum.recordedAtMs, posting.recordedAtMs);
  for (const actor of new Set(sum.actors)) differs("actor", actor, posting.actor);
  if (posting.reason === EACH_ITS_OWN) {
    if (sum.statedEntries > 0) differs("reason", sum.statedReasons[0], posting.reason);
  } else {
    const isOfAll = !REASONS_OF_SOME.includes(posting.reason);
    if (isOfAll && sum.statedEntries < sum.recordEntries) differs("reason", EACH_ITS_OWN, posting.reason);
    for (const reason of new Set(sum.statedReasons)) if (reason !== null) differs("reason", reason, posting.reason);
  }
  return findings;
}

/**
 * Compares the postings of a batch with the batch: one that names people has one, made when it says that it was posted. A
 * batch that is not posted yet has none; null: there is no such batch.
 */
export function verifyBatch(
  batchId: string,
  batch: KeptBatch | null,
  postings: readonly KeptPosting[],
): LedgerFinding[] {
  const { findings, differs } = collect("acquisition.batch", batchId);
  if (batch === null) {
    differs(null, `posting ${postings[0]?.postingId}`, null);
    return findings;
  }
  const [posting, ...more] = postings;
  for (const other of more) differs("posting", posting?.postingId, other.postingId);
  if (posting === undefined) {
    if (batch.postedAtMs !== null && batch.people > 0) differs("posting", "a posting", null);
    return findings;
  }
  differs("posted_at", posting.recordedAtMs, batch.postedAtMs);
  const isReadmitted = posting.reason === "readmitted";
  if (isReadmitted !== (batch.origin === "readmission")) differs("origin", posting.reason, batch.origin);
  if (posting.reason === "decided" && batch.origin !== "decision") differs("origin", "decision", batch.origin);
  return findings;
}
