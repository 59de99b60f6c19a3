import { type ChainCut, readChains, type Sql } from "@xueshi/database";
import { type Balance, balancesOf, type LocalDate } from "@xueshi/domain";

interface KeyParts {
  readonly platform: string;
  readonly recognition: string;
  readonly attributedYear: number;
  readonly subject: string;
  readonly pathway: string;
}

/**
 * A person's balances as the entries up to a cut say, in the order of their keys, after one of them. A reversal is of the
 * date of what it takes back, so the sum over dates until `asOf` is that of the hours obtained by then; what has no date
 * counts, as it does in a check.
 */
export async function foldBalances(
  sql: Sql,
  cut: ChainCut,
  asOf: LocalDate | null,
  after: KeyParts | null,
): Promise<Balance[]> {
  const chain = (await readChains(sql, [cut])).get(cut.practitionerId) ?? [];
  const entries = asOf === null ? chain : chain.filter(({ obtainedOn }) => obtainedOn === null || obtainedOn <= asOf);
  return balancesOf(entries)
    .filter((balance) => balance.hoursHundredths !== 0 && (after === null || compareKeys(balance, after) > 0))
    .toSorted(compareKeys);
}

function compareKeys(left: KeyParts, right: KeyParts): number {
  return (
    compare(left.platform, right.platform) ||
    compare(left.recognition, right.recognition) ||
    left.attributedYear - right.attributedYear ||
    compare(left.subject, right.subject) ||
    compare(left.pathway, right.pathway)
  );
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
