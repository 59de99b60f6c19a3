import type { Subjects } from "../../src/platform.ts";

/** The county's own letters. The same letter means something else on another platform. */
export const subjectCodes: Subjects = {
  catalogueClasses: null,
  codes: { A: "professional", B: "industry_common", C: "general_common" },
  acceptsNames: false,
};
