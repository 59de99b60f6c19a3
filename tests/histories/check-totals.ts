/** Totals of a person as one statement gave them, with the length of the chain that it saw beside them. */
export interface TotalsRead {
  readonly id: string;
  readonly practitionerId: string;
  readonly sequence: number;
  readonly hundredthsByYear: ReadonlyMap<number, number>;
}

export interface CountedEntry {
  readonly attributedYear: number | null;
  /** Negative where it takes hours back; 0 where it moves none. */
  readonly hoursHundredths: number;
}

/** Reads whose totals are not the sum of the entries up to the length that they saw: an update was lost, or half seen. */
export function checkTotals(
  reads: readonly TotalsRead[],
  chains: ReadonlyMap<string, readonly CountedEntry[]>,
): string[] {
  return reads.flatMap(({ id, practitionerId, sequence, hundredthsByYear }) => {
    const sums = new Map<number, number>();
    for (const { attributedYear, hoursHundredths } of (chains.get(practitionerId) ?? []).slice(0, sequence)) {
      if (attributedYear === null) continue;
      sums.set(attributedYear, (sums.get(attributedYear) ?? 0) + hoursHundredths);
    }
    return [...new Set([...sums.keys(), ...hundredthsByYear.keys()])]
      .filter((year) => (sums.get(year) ?? 0) !== (hundredthsByYear.get(year) ?? 0))
      .map((year) => `${id}: ${hundredthsByYear.get(year) ?? 0} for ${sums.get(year) ?? 0} of ${year} at ${sequence}`);
  });
}
