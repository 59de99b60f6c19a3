export type { RulesInForce } from "./classification/rules-in-force.ts";
export { type PostBatchOutcome, postBatch } from "./ledger/post-batch.ts";
export type { PostingContext } from "./ledger/posting-context.ts";
export { type Rederivation, rederiveRecords } from "./ledger/rederive-records.ts";
export { type ExportContext, exportLedger, PersonNotExported } from "./ledger/transfer/export-ledger.ts";
export { ImportFault, type ImportFaultCode } from "./ledger/transfer/import-fault.ts";
export { type ImportContext, type Imported, importLedger } from "./ledger/transfer/import-ledger.ts";
export { createRuleSetReader } from "./requirement/create-rule-set-reader.ts";
export { type LedgerServiceOptions, type RunningService, startLedgerService } from "./start-ledger-service.ts";
