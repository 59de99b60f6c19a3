/** Subjects of hours: 专业科目, 行业公需, 一般公需. The group `common` (公需) is the last two together. */
export const SUBJECTS = ["professional", "industry_common", "general_common"] as const;
export type Subject = (typeof SUBJECTS)[number];

export function isSubject(text: string): text is Subject {
  return (SUBJECTS as readonly string[]).includes(text);
}
