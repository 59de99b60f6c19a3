import { SUBJECTS, type Subject } from "../values/subject.ts";

/** A group of subjects as bits, in the order of SUBJECTS: what a requirement sums over. */
export type SubjectMask = number;

export const ALL_SUBJECTS_MASK: SubjectMask = (1 << SUBJECTS.length) - 1;

export function subjectMask(subjects: "all" | readonly Subject[]): SubjectMask {
  if (subjects === "all") return ALL_SUBJECTS_MASK;
  return subjects.reduce((mask, subject) => mask | (1 << SUBJECTS.indexOf(subject)), 0);
}
