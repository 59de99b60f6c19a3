import type { ListedVerb } from "../rules/verb.ts";

/** @param program the file that this command began with, which threads run */
export const ledgerVerbs = (program: URL): readonly ListedVerb[] => [
  {
    name: "verify",
    load: async () => {
      const { verifyLedger } = await import("./verify-ledger.ts");
      return verifyLedger(program);
    },
  },
  { name: "doctor", load: async () => (await import("./examine-installation.ts")).examineInstallation },
  { name: "rebuild", load: async () => (await import("./rebuild-projections.ts")).rebuildProjections },
  { name: "export", load: async () => (await import("./export-ledger.ts")).exportLedgerVerb },
  { name: "import", load: async () => (await import("./import-ledger.ts")).importLedgerVerb },
  { name: "retain", load: async () => (await import("./retain-access-log.ts")).retainAccessLog },
];
