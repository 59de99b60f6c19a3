/** True when a platform that ignores where it is asked, or answers from a stale cache, sent the page before once more. */
export function isSamePage(before: readonly unknown[], rows: readonly unknown[]): boolean {
  if (rows.length === 0 || before.length !== rows.length) return false;
  return before.every((row, index) => JSON.stringify(row) === JSON.stringify(rows[index]));
}
