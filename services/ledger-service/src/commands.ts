/** What the service does with a ledger, for whoever needs neither its server nor its queue: neither is loaded for it. */
export type { RulesInForce } from "./classification/rules-in-force.ts";
export { createDerivation, type DeriveHistories } from "./ledger/derive-histories.ts";
export { noteOfErasure } from "./ledger/note-of.ts";
export { numberPostings } from "./ledger/number-postings.ts";
export { BATCHES_AT_A_TIME, type PostBatchOutcome, postBatch } from "./ledger/post-batch.ts";
export type { PostingContext } from "./ledger/posting-context.ts";
export { type Rederivation, rederiveRecords } from "./ledger/rederive-records.ts";
export { type ExportContext, exportLedger, PersonNotExported } from "./ledger/transfer/export-ledger.ts";
export { ImportFault, type ImportFaultCode } from "./ledger/transfer/import-fault.ts";
export { type ImportContext, type Imported, importLedger } from "./ledger/transfer/import-ledger.ts";
export { writePlan } from "./ledger/write-plan.ts";
export { createRuleSetReader } from "./requirement/create-rule-set-reader.ts";
