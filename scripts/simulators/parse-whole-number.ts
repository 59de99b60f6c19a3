/**
 * A whole number of at least `least`, in decimal digits.
 * @returns `absent` when the parameter was not sent, null when it is not such a number.
 */
export function parseWholeNumber(text: string | null, least: number, absent: number): number | null {
  if (text === null) return absent;
  if (!/^[0-9]{1,9}$/.test(text)) return null;
  const value = Number(text);
  return value >= least ? value : null;
}
