import type { Verb } from "../rules/verb.ts";
import { examineInstallation } from "./examine-installation.ts";
import { exportLedgerVerb } from "./export-ledger.ts";
import { importLedgerVerb } from "./import-ledger.ts";
import { rebuildProjections } from "./rebuild-projections.ts";
import { retainAccessLog } from "./retain-access-log.ts";
import { verifyLedger } from "./verify-ledger.ts";

/** @param program the file that this command began with, which threads run */
export const ledgerVerbs = (program: URL): readonly Verb[] => [
  verifyLedger(program),
  examineInstallation,
  rebuildProjections,
  exportLedgerVerb,
  importLedgerVerb,
  retainAccessLog,
];
