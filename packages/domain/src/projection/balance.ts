import type { Entry } from "../ledger/entry.ts";
import type { Subject } from "../values/subject.ts";

/** Counting hours of one person under one key; nothing sums across recognition rule sets (design invariant 4). */
export interface Balance {
  readonly practitionerId: string;
  readonly platform: string;
  readonly recognition: string;
  readonly attributedYear: number;
  readonly subject: Subject;
  /** Empty where the source names none. */
  readonly pathway: string;
  readonly hoursHundredths: number;
}

/** Under which key an entry counts, and with how many hours; null where it counts nowhere. */
export function balanceKeyOf(entry: Entry): Balance | null {
  if (entry.state !== "registered" || entry.hoursHundredths === null) return null;
  const { practitionerId, platform, recognition, attributedYear, subject, hoursHundredths } = entry;
  if (platform === null || recognition === null || attributedYear === null || subject === null) return null;
  return {
    practitionerId,
    platform,
    recognition,
    attributedYear,
    subject,
    pathway: entry.pathway ?? "",
    hoursHundredths,
  };
}

/** The balances of a set of entries: sums of the counting ones, zero sums kept. Also the change a posting makes. */
export function balancesOf(entries: Iterable<Entry>): Balance[] {
  const sums = new Map<string, Balance>();
  for (const entry of entries) {
    const change = balanceKeyOf(entry);
    if (change === null) continue;
    const { practitionerId, platform, recognition, attributedYear, subject, pathway } = change;
    // The last part is the only one of free text, so no two keys are the same text.
    const key = `${practitionerId}/${attributedYear}/${subject}/${platform}/${recognition}/${pathway}`;
    const hoursHundredths = (sums.get(key)?.hoursHundredths ?? 0) + change.hoursHundredths;
    sums.set(key, { ...change, hoursHundredths });
  }
  return [...sums.values()];
}
