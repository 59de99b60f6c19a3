/** A window of whole calendar years, both ends included. */
export interface YearWindow {
  readonly firstYear: number;
  readonly lastYear: number;
}

/** The window of `years` calendar years that ends with `lastYear`: (2020, 2) is 2019–2020. */
export function yearWindowEnding(lastYear: number, years: number): YearWindow {
  return { firstYear: lastYear - years + 1, lastYear };
}

export function windowHolds(window: YearWindow, year: number): boolean {
  return year >= window.firstYear && year <= window.lastYear;
}

export function yearsOf(window: YearWindow): number[] {
  return Array.from({ length: window.lastYear - window.firstYear + 1 }, (_, index) => window.firstYear + index);
}
