import type { Subject } from "@xueshi/domain";

/** Words that name a subject outright; anything less is no suggestion. */
const WORDS: readonly (readonly [RegExp, Subject])[] = [
  [/行业公需/u, "industry_common"],
  [/公需/u, "general_common"],
  [/专业(?:科目|课)/u, "professional"],
];

/** What a title suggests as subject, for an operator to look at; never applied by itself (design invariant 14). */
export function suggestSubject(title: string | null): Subject | null {
  if (title === null) return null;
  return WORDS.find(([pattern]) => pattern.test(title.normalize("NFKC")))?.[1] ?? null;
}
