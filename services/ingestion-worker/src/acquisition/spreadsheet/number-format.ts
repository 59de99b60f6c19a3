/** Built-in formats of dates and times, those of Chinese programs (27–36, 50–58) included. ECMA-376, 18.8.30. */
const BUILT_IN_TIMES: readonly (readonly [first: number, last: number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];

/** What a cell's format says its number is. */
export type NumberMeaning = "number" | "time";

/** @param code the format's own text; null for a built-in one */
export function numberMeaning(formatId: number, code: string | null): NumberMeaning {
  if (code === null)
    return BUILT_IN_TIMES.some(([first, last]) => formatId >= first && formatId <= last) ? "time" : "number";
  const plain = code
    .replaceAll(/"[^"]*"/g, "")
    .replaceAll(/\\./g, "")
    .replaceAll(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, "")
    .replaceAll(/general/gi, "")
    .replaceAll(/[_*]./g, "");
  return /[ymdhs年月日]/i.test(plain) ? "time" : "number";
}
