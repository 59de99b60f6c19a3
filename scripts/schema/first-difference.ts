/** The first line in which two texts differ, as a message for people; null when they are equal. */
export function firstDifference(expected: string, actual: string): string | null {
  if (expected === actual) return null;
  const [left, right] = [expected.split("\n"), actual.split("\n")];
  const at = left.findIndex((line, index) => line !== right[index]);
  const line = at === -1 ? left.length : at;
  return `line ${line + 1}: ${quote(left[line])} is ${quote(right[line])}`;
}

function quote(line: string | undefined): string {
  return line === undefined ? "the end" : JSON.stringify(line.trim());
}
