import type { Finding, Repository } from "./repository.ts";

/**
 * What does not belong to the product: places of one machine and how the text came about. A class of one letter keeps a
 * pattern from matching itself.
 */
const OUTSIDE: readonly (readonly [string, RegExp])[] = [
  ["a path of one machine", /(?<![\w.:/])\/(?:hom[e]|Use[r]s|roo[t]|wor[k]|mn[t])\/[\w.-]+/],
  ["a temporary path of one machine", /(?<![\w.])\/tm[p]\/[a-z]{2,}/],
  ["how it was written", /\b(?:language mode[l]|chat ?bo[t]|co-?pilo[t]|generated wit[h]|co-authored-b[y])\b/i],
  ["how it was written", /\b(?:A[I]|L[L]M|GP[T])\b/],
];

/** The repository speaks of the product alone. */
export function checkOutsideMentions(repository: Repository): Finding[] {
  return repository.flatMap(({ path, text }) =>
    text.split("\n").flatMap((content, index) =>
      OUTSIDE.flatMap(([what, pattern]) => {
        const found = pattern.exec(content);
        return found === null ? [] : [{ path, line: index + 1, message: `${what}: ${found[0]}` }];
      }),
    ),
  );
}
