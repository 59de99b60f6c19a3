import type { Person, TestRecord } from "./people.ts";

/** 中级 review of 2020 in a series whose platform of record is quzhou-city. */
export const REVIEW = {
  place: "quzhou",
  year: 2020,
  kind: "review",
  level: "intermediate",
  series: "economics",
  education: "bachelor",
} as const;

/** Exactly what that review asks: 180 in all, 120 professional, 60 common. */
export const ENOUGH = {
  first: { id: "a", hours: 80, year: 2019, on: "2019-05-01" },
  second: { id: "b", hours: 40 },
  general: { id: "c", hours: 36, subject: "general_common" },
  industry: { id: "d", hours: 23.5, subject: "industry_common" },
  last: { id: "e", hours: 0.5, subject: "industry_common" },
} as const satisfies Record<string, TestRecord>;

/** A person by document, as a request names one. */
export const identity = ({ idNumber, name }: Person) => ({ idType: "resident-id", idNumber, name });

/** The body of a check of that review. */
export const reviewOf = (practitioner: object, more: object = {}) => ({ practitioner, declaration: REVIEW, ...more });
