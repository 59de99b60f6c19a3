import type { Subject } from "../values/subject.ts";
import { compareText } from "../values/text.ts";
import type { RecognisedActivity } from "./recognised-activity.ts";

/** Recognised hours of one rule set, year and subject. */
export interface RecognisedTotal {
  readonly ruleSetId: string;
  readonly ruleSetVersion: string;
  readonly year: number;
  /** Null: hours that no subject is known for. */
  readonly subject: Subject | null;
  readonly recognisedHundredths: number;
}

/**
 * Sums by rule set, year and subject, in this order. Hours of two rule sets, or of two versions of one, are never in one
 * sum, whatever results are given together; a sum of nothing is left out.
 */
export function totalsOf(recognised: readonly RecognisedActivity[]): readonly RecognisedTotal[] {
  const totals = new Map<string, RecognisedTotal>();
  for (const { ruleSetId, ruleSetVersion, year, subject, recognisedHundredths } of recognised) {
    if (recognisedHundredths === 0) continue;
    const key = JSON.stringify([ruleSetId, ruleSetVersion, year, subject]);
    const sum = (totals.get(key)?.recognisedHundredths ?? 0) + recognisedHundredths;
    totals.set(key, { ruleSetId, ruleSetVersion, year, subject, recognisedHundredths: sum });
  }
  return [...totals.values()].sort(
    (left, right) =>
      compareText(left.ruleSetId, right.ruleSetId) ||
      compareText(left.ruleSetVersion, right.ruleSetVersion) ||
      left.year - right.year ||
      compareText(left.subject ?? "", right.subject ?? ""),
  );
}
