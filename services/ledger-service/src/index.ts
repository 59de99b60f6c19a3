export { type PostBatchOutcome, postBatch } from "./ledger/post-batch.ts";
export type { PostingContext } from "./ledger/posting-context.ts";
export { type LedgerServiceOptions, type RunningService, startLedgerService } from "./start-ledger-service.ts";
