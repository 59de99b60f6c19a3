import type { Subjects } from "../platform.ts";

/** 1 专业, 2 一般公需, 3 行业公需: the city's classes use the same digits for other subjects. */
export const subjectCodes: Subjects = {
  catalogueClasses: null,
  codes: { "1": "professional", "2": "general_common", "3": "industry_common" },
  acceptsNames: false,
};
