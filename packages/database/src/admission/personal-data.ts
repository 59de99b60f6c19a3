/**
 * What the columns of every table have to do with a person, and what an erasure does about it (PIPL, art. 47):
 * - `destroyed`: says who somebody is, or was said about them; blanked, or deleted with its row.
 * - `payload`: rows as they came, sealed; the person's rows are taken out.
 * - `person`: the pseudonym, or a digest that only the holder of the index key can make; stays, so that rows that come later are
 *   known and refused, and because entries are hashed over it.
 * - `record`: what a record says, how it stands or what was answered by it, without who it is; stays under the stated basis.
 * - `words`: free texts of operators and sources. They are to name nobody and cannot be changed where they stand, so they are
 *   looked through, and where they do name the person the erasure says so.
 * - `log`: who read about a person; stays, as the law asks for it.
 * - `none`: of nobody in particular.
 *
 * Closed: a test compares it with the schema, so a new column is classified before it is there.
 */
export type DataKind = "destroyed" | "payload" | "person" | "record" | "words" | "log" | "none";

/** Columns by kind, separated by spaces, of every table. */
export const PERSONAL_DATA = {
  "access.api_key": { none: "key_id key_digest kind name scopes created_at revoked_at" },
  "access.installation": { none: "installation suite index_fingerprint master_fingerprint stated_at" },
  "acquisition.batch": {
    person: "practitioner_ids",
    record: "receipts record_keys",
    none: "batch_id source origin pull_id closes_pull complete_until received_at row_count counts posted_at",
  },
  "acquisition.catalogue": { none: "platform digest fetched_at entries unsettled_codes unsettled_after" },
  "acquisition.lateness": { none: "platform seconds_max rows last_seen_at" },
  "acquisition.platform_state": {
    none: "platform failures_in_a_row last_reason retry_at overlap_seconds probed_at clock_skew_ms updated_at",
  },
  "acquisition.pull": {
    none: "pull_id platform queued_at started_at ended_at state reason detail pages rows rows_reread advertised_total kind from_day until_day requested_by",
  },
  "acquisition.pull_cursor": { none: "platform cursor updated_at" },
  "acquisition.push_request": { record: "body_digest", none: "request_key part batch_id received_at" },
  "acquisition.raw_page": { payload: "wrapped_key sealed", none: "batch_id retain_until" },
  "acquisition.reconciliation": {
    none: "reconciliation_id platform from_day until_day state reason requested_by queued_at started_at ended_at days repair_pull_id proof",
  },
  "acquisition.reconciliation_difference": {
    record: "record_key record_id day here there",
    none: "reconciliation_id kind",
  },
  "acquisition.upload": {
    record: "sha256",
    none: "upload_id source state reason media_type settings bytes parts rows_total rows_done counts received_at confirmed_at ended_at",
  },
  "acquisition.upload_batch": { none: "upload_id part batch_id rows" },
  "acquisition.upload_finding": { none: "upload_id row_number column_name code" },
  "acquisition.upload_part": { payload: "wrapped_key sealed", none: "upload_id part retain_until" },
  "admission.erasure": {
    person: "practitioner_id practitioner_ids",
    words: "document basis",
    none: "erasure_id state reason proposed_by proposed_at decided_by decided_at ended_at request_digest preview progress",
  },
  "admission.finding": {
    person: "practitioner_id",
    record: "record_key code other_record_key",
    none: "batch_id found_at",
  },
  "admission.identity": {
    destroyed: "name_digest wrapped_key sealed name_variant_digest",
    person: "practitioner_id",
    record: "claim_source claim_record_id",
    none: "claimed_at",
  },
  "admission.name_alias": { destroyed: "name_digest", person: "practitioner_id", none: "decision_id withdrawn_at" },
  "admission.person_merge": {
    person: "practitioner_id into_practitioner_id",
    words: "reason document",
    none: "decided_at decision_id actor",
  },
  "admission.readmission": { words: "reason", none: "readmission_id source started_at ended_at state actor counts" },
  "admission.readmission_change": {
    record: "record_key update_time content_digest source record_id before after",
    none: "readmission_id",
  },
  "admission.refusal": {
    person: "practitioner_id",
    record: "record_key update_time content_digest source record_id code title obtained_on attributed_year",
    none: "occurrences batch_id batch_index",
  },
  "admission.row_access": { person: "practitioner_id", log: "accessed_at access_id key_id record_key request_id" },
  "admission.row_decision": {
    record: "record_key update_time content_digest corrected_digest",
    words: "reason document",
    none: "decided_at decision_id kind undoes actor",
  },
  "admission.tombstone": {
    person: "practitioner_id",
    words: "document basis",
    none: "erasure_id erased_at reason actor",
  },
  "admission.version": {
    destroyed: "name_digest note name_variant_digest",
    person: "practitioner_id",
    record:
      "record_key update_time content_digest source record_id status hours_hundredths subject_code subject_basis title provider obtained_on studied_from studied_until attributed_year year_basis pathway flags assessed_on",
    none: "occurrences batch_id batch_index voided_by",
  },
  "classification.correction_decision": {
    record: "record_key revokes changes",
    words: "note",
    none: "decided_at decision_id undoes actor",
  },
  "classification.decision": {
    record: "record_key subject counts_besides",
    words: "reason document",
    none: "decided_at decision_id actor topic undoes",
  },
  "ledger.checkpoint": { none: "size signed_at note" },
  "ledger.correction": {
    record: "record_sets",
    words: "reason document filter changes",
    none: "correction_id kind proposed_by proposed_at request_digest",
  },
  "ledger.correction_record": {
    record: "record_key source record_id outcome before after",
    none: "correction_id step",
  },
  "ledger.correction_step": {
    words: "reason",
    none: "correction_id step kind taken_at actor preview preview_digest posting_ids",
  },
  "ledger.duplicate_decision": {
    record: "record_key kind record_keys",
    words: "reason document",
    none: "decided_at decision_id undoes actor",
  },
  "ledger.entry": {
    person: "practitioner_id name_digest",
    record:
      "record_key slot source record_id platform state code hours_hundredths subject attributed_year obtained_on pathway recognition trace flags source_digest update_time assessed_on",
    words: "title note",
    none: "sequence posting_id recorded_at kind reverses reason actor hash",
  },
  "ledger.feed": {
    person: "practitioner_ids",
    none: "position size numbered_at posting_id first_sequences entry_counts",
  },
  "ledger.feed_head": { none: "feed size" },
  "ledger.guard": { none: "schema_name table_name guard_name definition" },
  "ledger.head": { person: "practitioner_id name_digest", none: "sequence hash recorded_at turn" },
  "ledger.outbox": { person: "practitioner_ids", none: "turn posting_id first_sequences entry_counts hashes" },
  "ledger.platform_mark": { none: "platform pull_id complete_until outcome recorded_at" },
  "ledger.posting": { none: "posting_id batch_id reason actor recorded_at entry_count" },
  "ledger.rule_change": {
    none: "change started_at ended_at state activations routes sources after_id people changed entries",
  },
  "ledger.tree_tile": { none: "level index hashes" },
  "projection.balance": {
    person: "practitioner_id",
    record: "platform recognition attributed_year subject pathway hours_hundredths",
  },
  "projection.record_state": {
    person: "practitioner_id",
    record: "record_key slot source state achievement_key",
    none: "sequence",
  },
  "requirement.activation": { none: "rule_set_id activated_at digest full_text activated_by" },
  "requirement.impact_flip": { person: "practitioner_id", record: "before after why", none: "preview_id question" },
  "requirement.impact_preview": {
    none: "preview_id started_at ended_at previewed_by rule_set_id digest full_text as_of questions people flips",
  },
  "verdict.access_log": { person: "practitioner_id", log: "accessed_at access_id key_id purpose request_id" },
  "verdict.access_removal": { none: "removal_id removed_at accessed_before actor" },
  "verdict.kept_verdict": {
    person: "practitioner_id",
    record: "verdict_id kept_at answer decision seal",
    none: "key_id",
  },
} as const satisfies Readonly<Record<string, Partial<Record<DataKind, string>>>>;

export type ClassifiedTable = keyof typeof PERSONAL_DATA;

/** The columns of a kind of a table. */
export function columnsOfKind(table: ClassifiedTable, kind: DataKind): readonly string[] {
  const kinds: Partial<Record<DataKind, string>> = PERSONAL_DATA[table];
  return kinds[kind]?.split(" ") ?? [];
}
