/** A subject of hours, as a rule set names it. */
export type Subject = string;

/** 专业科目, 行业公需, 一般公需: those of the professional-title system. 公需 is the last two together. */
export const TITLE_SUBJECTS = ["professional", "industry_common", "general_common"] as const;

/** Every subject that records may be in; the rulebook's vocabulary file says what they are called. */
export const SUBJECTS = [
  ...TITLE_SUBJECTS,
  "common",
  "elective",
  "class_one",
  "class_two",
  "federal_tax",
  "ethics",
  "verifiable",
  "unverifiable",
  "group_a",
  "group_b",
] as const;

export function isSubject(text: string): boolean {
  return (SUBJECTS as readonly string[]).includes(text);
}
