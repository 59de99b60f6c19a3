import { daysInclusive, type LocalDate } from "../values/local-date.ts";

interface DaySpan {
  readonly fromDay: LocalDate;
  readonly untilDay: LocalDate;
}

/**
 * Ranges that hold all of these days: as few days besides as can be with at most so many ranges.
 * @param days in ascending order, each once
 */
export function repairRanges(days: readonly LocalDate[], rangesMax: number): DaySpan[] {
  const gaps = days
    .slice(1)
    .map((day, index) => ({ index, length: daysInclusive(days[index] ?? day, day) }))
    .filter(({ length }) => length > 2)
    .toSorted((left, right) => right.length - left.length)
    .slice(0, rangesMax - 1);
  const cuts = new Set(gaps.map(({ index }) => index));
  const ranges: DaySpan[] = [];
  for (const [index, day] of days.entries()) {
    const last = ranges.at(-1);
    if (last === undefined || cuts.has(index - 1)) ranges.push({ fromDay: day, untilDay: day });
    else ranges[ranges.length - 1] = { ...last, untilDay: day };
  }
  return ranges;
}
