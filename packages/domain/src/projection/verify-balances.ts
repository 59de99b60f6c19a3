import type { Entry } from "../ledger/entry.ts";
import type { LedgerFinding } from "../ledger/ledger-finding.ts";
import { type Balance, balanceKeyOf } from "./balance.ts";

/**
 * Compares the balances of one person with the sums of their counting entries. A sum of zero may be kept or not, where
 * entries speak of its key. Source: ARCHITECTURE.md, invariant 4.
 */
export function verifyBalances(entries: readonly Entry[], kept: readonly Balance[]): LedgerFinding[] {
  const findings: LedgerFinding[] = [];
  const differs = (key: Balance, field: string | null, expected: number | null, found: number | null) =>
    findings.push({
      code: "balance_differs",
      table: "projection.balance",
      key: [key.practitionerId, key.platform, key.recognition, key.attributedYear, key.subject, key.pathway].join("/"),
      field,
      expected: expected === null ? null : String(expected),
      found: found === null ? null : String(found),
    });
  const sums = sumsOf(entries);
  for (const balance of kept) {
    const at = sums.findIndex((sum) => isSameKey(sum, balance));
    const [sum] = at < 0 ? [] : sums.splice(at, 1);
    if (sum === undefined) differs(balance, null, null, balance.hoursHundredths);
    else if (sum.hoursHundredths !== balance.hoursHundredths) {
      differs(balance, "hours_hundredths", sum.hoursHundredths, balance.hoursHundredths);
    }
  }
  for (const sum of sums) if (sum.hoursHundredths !== 0) differs(sum, null, sum.hoursHundredths, null);
  return findings;
}

/** A person has few keys: they are compared field by field, which is cheaper than making a text of each entry's. */
function sumsOf(entries: readonly Entry[]): Balance[] {
  const sums: { -readonly [Field in keyof Balance]: Balance[Field] }[] = [];
  for (const entry of entries) {
    const key = balanceKeyOf(entry);
    if (key === null) continue;
    const sum = sums.find((one) => isSameKey(one, key));
    if (sum === undefined) sums.push({ ...key });
    else sum.hoursHundredths += key.hoursHundredths;
  }
  return sums;
}

function isSameKey(left: Balance, right: Balance): boolean {
  return (
    left.attributedYear === right.attributedYear &&
    left.subject === right.subject &&
    left.platform === right.platform &&
    left.pathway === right.pathway &&
    left.recognition === right.recognition &&
    left.practitionerId === right.practitionerId
  );
}
