export { type LedgerServiceOptions, type RunningService, startLedgerService } from "./start-ledger-service.ts";
