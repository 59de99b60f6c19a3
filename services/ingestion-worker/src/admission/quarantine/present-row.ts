import { formatInstant, HOLD_TEXTS, type Language, type QuarantineResponse, REFUSAL_TEXTS } from "@xueshi/contracts";
import type { RowDecisionRow } from "@xueshi/database";
import { hoursToNumber } from "@xueshi/domain";
import type { QuarantineRow } from "./quarantine-row.ts";
import { rowIdOf } from "./row-id.ts";

type ShownRow = QuarantineResponse["rows"][number];

/** A row without personal data; `decided` is everything that was decided of its record. */
export function presentRow(row: QuarantineRow, decided: readonly RowDecisionRow[], language: Language): ShownRow {
  return {
    rowId: rowIdOf(row),
    kind: row.kind,
    code: row.code,
    message: messageOf(row.code, language),
    source: row.source,
    recordId: row.recordId,
    title: row.title,
    hours: row.hoursHundredths === null ? null : hoursToNumber(row.hoursHundredths),
    obtainedOn: row.obtainedOn,
    year: row.attributedYear,
    updateTime: row.updateTimeMs === null ? null : formatInstant(row.updateTimeMs),
    flags: row.flags as ShownRow["flags"],
    likelySameName: row.likelySameName,
    settled: row.isSettled,
    decision: presentDecision(row, decided),
  };
}

function messageOf(code: string | null, language: Language): string | null {
  if (code === null) return null;
  const texts: Readonly<Record<string, { readonly message: Readonly<Record<Language, string>> }>> = {
    ...REFUSAL_TEXTS,
    ...HOLD_TEXTS,
  };
  return texts[code]?.message[language] ?? null;
}

function presentDecision(row: QuarantineRow, decided: readonly RowDecisionRow[]): ShownRow["decision"] {
  const found = decided.find((one) => one.decisionId === row.decision?.decisionId);
  if (found === undefined || found.kind === "undo") return null;
  const { decisionId, kind, decidedAtMs, reason, document, actor } = found;
  return { decisionId, kind, decidedAt: formatInstant(decidedAtMs), reason, document, actor };
}
