import type { BalancesResponse } from "@xueshi/contracts";
import { type Balance, hoursToNumber } from "@xueshi/domain";

export function presentBalance(balance: Balance): BalancesResponse["balances"][number] {
  const { platform, recognition, subject, pathway } = balance;
  return {
    platform,
    recognition,
    year: balance.attributedYear,
    subject,
    pathway: pathway === "" ? null : pathway,
    hours: hoursToNumber(balance.hoursHundredths),
  };
}
