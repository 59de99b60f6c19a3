import type { Subjects } from "../platform.ts";

/** 科目类别 names the subject in words; 其他 has none. */
export const subjectCodes: Subjects = {
  catalogueClasses: null,
  codes: { 专业科目: "professional", 行业公需科目: "industry_common", 一般公需科目: "general_common" },
  acceptsNames: false,
};
