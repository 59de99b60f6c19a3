/** A name with its first character alone, and the last of longer ones: 张* or 阿***提. Never reversible. */
export function maskName(name: string): string {
  const characters = [...name];
  const [first = ""] = characters;
  const last = characters.length > 2 ? (characters.at(-1) ?? "") : "";
  return first + "*".repeat(Math.max(characters.length - 1 - last.length, 1)) + last;
}
