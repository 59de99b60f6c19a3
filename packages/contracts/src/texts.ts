/** What a command says, for one that asks for no schema: making them all takes longer than many a command. */
export { LEDGER_FINDING_TEXTS } from "./catalogue/ledger-findings.ts";
export { NOTICE_TEXTS } from "./catalogue/verdicts.ts";
export type { Language, Text } from "./language.ts";
export { formatInstant } from "./presentation/format-instant.ts";
