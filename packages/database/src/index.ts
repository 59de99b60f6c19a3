export * from "./access/api-key-store.ts";
export {
  confirmInstallation,
  InstallationMismatch,
  readInstallation,
  stateInstallation,
} from "./access/installation-store.ts";
export * from "./acquisition/batch-store.ts";
export * from "./acquisition/catalogue-store.ts";
export * from "./acquisition/lateness-store.ts";
export * from "./acquisition/platform-lease.ts";
export * from "./acquisition/platform-state-store.ts";
export * from "./acquisition/pull-store.ts";
export * from "./acquisition/pull-view-store.ts";
export * from "./acquisition/push-request-store.ts";
export * from "./acquisition/raw-page-store.ts";
export * from "./acquisition/reconciliation-store.ts";
export * from "./acquisition/upload-store.ts";
export * from "./admission/arrived-line-store.ts";
export * from "./admission/erased-person-store.ts";
export * from "./admission/erasure-store.ts";
export * from "./admission/finding-store.ts";
export * from "./admission/identity-store.ts";
export * from "./admission/mapped-row-store.ts";
export * from "./admission/name-alias-store.ts";
export * from "./admission/person-merge-store.ts";
export * from "./admission/personal-data.ts";
export * from "./admission/quarantine-store.ts";
export * from "./admission/readmission-store.ts";
export * from "./admission/record-arrival-store.ts";
export * from "./admission/row-access-store.ts";
export * from "./admission/row-decision-store.ts";
export * from "./admission/row-summary-store.ts";
export * from "./admission/tombstone-store.ts";
export * from "./admission/version-range-store.ts";
export * from "./admission/version-store.ts";
export * from "./classification/correction-choice-store.ts";
export * from "./classification/correction-store.ts";
export * from "./classification/decision-store.ts";
export { type ConnectOptions, connect, instantText, type Sql, type Transaction } from "./connection/connect.ts";
export { copyBytes } from "./connection/copy-in.ts";
export { copyOut } from "./connection/copy-out.ts";
export {
  classifyFailure,
  type FailureClass,
  isConnectionLost,
  LookedTooEarly,
  MayHaveCommitted,
} from "./connection/failures.ts";
export { limitLockWait } from "./connection/limit-lock-wait.ts";
export { type MigrateOptions, type MigrationState, migrateDatabase, readMigrationState } from "./connection/migrate.ts";
export { ensureGroupRoles, ensureServiceLogin, SERVICE_ROLES, type ServiceRole } from "./connection/roles.ts";
export {
  beginTransaction,
  runTransaction,
  type TransactionContext,
  type TransactionOptions,
} from "./connection/run-transaction.ts";
export { exportSnapshot, keepToItself, openSnapshot, type Snapshot } from "./connection/snapshot.ts";
export { CHANGEABLE_TABLES } from "./guards/changeable-tables.ts";
export * from "./guards/guard-store.ts";
export * from "./guards/rights-store.ts";
export * from "./guards/server-store.ts";
export * from "./ledger/chain-store.ts";
export * from "./ledger/checkpoint-store.ts";
export * from "./ledger/competing-store.ts";
export * from "./ledger/correction-step-store.ts";
export * from "./ledger/cut-chain-store.ts";
export * from "./ledger/duplicate-decision-store.ts";
export * from "./ledger/entry-store.ts";
export { readPersonExtras, readRecordExtras } from "./ledger/extras-store.ts";
export * from "./ledger/feed-entry-store.ts";
export * from "./ledger/feed-store.ts";
export * from "./ledger/head-store.ts";
export * from "./ledger/kept-feed-store.ts";
export * from "./ledger/kept-posting-store.ts";
export type { Sha256OfBytes } from "./ledger/link-entries.ts";
export * from "./ledger/person-range.ts";
export * from "./ledger/platform-mark-store.ts";
export * from "./ledger/posting-store.ts";
export * from "./ledger/rederivation-store.ts";
export * from "./ledger/rule-change-store.ts";
export * from "./projection/balance-page-store.ts";
export * from "./projection/balance-store.ts";
export * from "./projection/candidate-store.ts";
export * from "./projection/kept-projection-store.ts";
export * from "./projection/record-state-store.ts";
export * from "./projection/review-store.ts";
export * from "./projection/shadow-store.ts";
export * from "./requirement/activation-store.ts";
export * from "./requirement/impact-store.ts";
export * from "./transfer/row-format.ts";
export * from "./transfer/table-columns.ts";
export * from "./transfer/transfer-store.ts";
export * from "./transfer/transferred-tables.ts";
export * from "./verdict/access-log-store.ts";
export * from "./verdict/access-removal-store.ts";
export * from "./verdict/kept-verdict-store.ts";
