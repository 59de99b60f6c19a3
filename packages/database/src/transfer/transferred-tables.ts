/**
 * Which rows of a table an export of one person holds: all (`whole`, of nobody in particular), those that name the person,
 * those of the person's records or postings, or `none`.
 */
export type RowsOfPerson = "whole" | "person" | "records" | "postings" | "none";

/** Tables whose rows an export holds, in the order of its lines: what later rows are checked with comes before them. */
export const TRANSFERRED_TABLES = {
  "access.installation": "whole",
  "requirement.activation": "whole",
  "acquisition.catalogue": "whole",
  "ledger.platform_mark": "whole",
  "acquisition.batch": "none",
  "admission.readmission": "whole",
  "admission.tombstone": "person",
  "admission.identity": "person",
  "admission.name_alias": "person",
  "admission.person_merge": "person",
  "admission.version": "person",
  "admission.refusal": "person",
  "admission.row_decision": "records",
  "admission.finding": "person",
  "admission.row_access": "person",
  "admission.readmission_change": "none",
  "classification.decision": "records",
  "classification.correction_decision": "records",
  "ledger.correction": "none",
  "ledger.correction_step": "none",
  "ledger.correction_record": "records",
  "ledger.duplicate_decision": "records",
  "ledger.rule_change": "none",
  "ledger.posting": "postings",
  "ledger.head": "person",
  "ledger.entry": "person",
  "ledger.feed": "none",
  "ledger.outbox": "none",
  "ledger.checkpoint": "none",
  "verdict.kept_verdict": "person",
  "verdict.access_log": "person",
} as const satisfies Readonly<Record<string, RowsOfPerson>>;

export type TransferredTable = keyof typeof TRANSFERRED_TABLES;

/** Tables that an import fills from the others. */
export const REBUILT_TABLES = [
  "ledger.feed_head",
  "ledger.tree_tile",
  "projection.balance",
  "projection.record_state",
] as const;

/** Tables that no export holds, and why the ledger's truth does not rest on them. */
export const LEFT_OUT_TABLES: Readonly<Record<string, string>> = {
  "access.api_key": "keys are made anew where the ledger is opened",
  "acquisition.lateness": "learned anew from what comes",
  "acquisition.platform_state": "how a platform did lately",
  "acquisition.pull": "the work of pulls; what they found complete is in ledger.platform_mark",
  "acquisition.pull_cursor": "a platform is read again from its beginning, which is free of effect",
  "acquisition.push_request": "a request that is sent again has no second effect anyway",
  "acquisition.raw_page": "rows as they came, sealed for a limited time",
  "acquisition.reconciliation": "the work of reconciliations",
  "acquisition.reconciliation_difference": "the work of reconciliations",
  "acquisition.upload": "the work of uploads",
  "acquisition.upload_batch": "the work of uploads",
  "acquisition.upload_finding": "the work of uploads",
  "acquisition.upload_part": "files as they came, sealed for a limited time",
  "admission.erasure": "the work of erasures; what they did is in admission.tombstone",
  "ledger.guard": "made by the migrations",
  "requirement.impact_flip": "previews of rules that are made anew",
  "requirement.impact_preview": "previews of rules that are made anew",
  "verdict.access_removal": "what went from the access log here; an export holds what is left of it",
};
