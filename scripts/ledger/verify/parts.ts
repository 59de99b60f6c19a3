/** What can be looked at without the rest: it needs nothing but the rows of one person after the other. */
export const PERSON_PARTS = ["chain", "balances", "states"] as const;
export type PersonPart = (typeof PERSON_PARTS)[number];

/** What the others are compared with, so that it is always looked at. */
export const FIRST_PART: PersonPart = "chain";

/** Everything that a run can look at, in the order in which it is reported. */
export const VERIFY_PARTS = [
  ...PERSON_PARTS,
  "postings",
  "feed",
  "tree",
  "checkpoints",
  "decisions",
  "names",
  "rules",
  "records",
  "verdicts",
] as const;
export type VerifyPart = (typeof VERIFY_PARTS)[number];

/**
 * Which tables (or single columns) each part holds to the entries, or to one another: where it was left out, nothing is said
 * of these.
 */
export const TABLES_OF_PART: Readonly<Record<VerifyPart, readonly string[]>> = {
  chain: ["ledger.entry", "ledger.head"],
  balances: ["projection.balance"],
  states: ["projection.record_state"],
  postings: ["ledger.posting", "ledger.platform_mark", "acquisition.batch"],
  feed: ["ledger.feed", "ledger.feed_head", "ledger.outbox", "ledger.head.turn"],
  tree: ["ledger.tree_tile"],
  checkpoints: ["ledger.checkpoint"],
  decisions: ["ledger.duplicate_decision"],
  names: ["admission.name_alias"],
  rules: ["requirement.activation"],
  records: [
    "admission.version",
    "admission.refusal",
    "admission.row_decision",
    "admission.person_merge",
    "admission.identity",
    "admission.tombstone",
    "acquisition.catalogue",
    "classification.decision",
    "classification.correction_decision",
  ],
  verdicts: ["verdict.kept_verdict"],
};

/** The parts of which nothing was looked at. */
export function partsBut(looked: Iterable<VerifyPart>): VerifyPart[] {
  const seen = new Set(looked);
  return VERIFY_PARTS.filter((part) => !seen.has(part));
}
