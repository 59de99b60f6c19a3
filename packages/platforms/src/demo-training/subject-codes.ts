import type { Subjects } from "../platform.ts";

/** An invented training platform of the development installation; its codes are the classes of the city's platform. */
export const subjectCodes: Subjects = {
  catalogueClasses: null,
  codes: { "1": "general_common", "2": "industry_common", "3": "professional" },
  acceptsNames: true,
};
