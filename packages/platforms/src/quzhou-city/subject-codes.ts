import type { Subjects } from "../platform.ts";

/** The subject hides in the course category: its ClassTypeId is 1 一般公需, 2 行业公需 or 3 专业课. */
export const subjectCodes: Subjects = {
  catalogueClasses: { "1": "general_common", "2": "industry_common", "3": "professional" },
  codes: null,
  acceptsNames: false,
};
