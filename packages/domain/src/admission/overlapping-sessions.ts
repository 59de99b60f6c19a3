import { normaliseTitle } from "../values/text.ts";
import type { RecordVersion } from "./record-version.ts";

/** Ways of learning that one attends in person, as platforms write them. */
const IN_PERSON = /面授|会议|线下|现场|face[- ]?to[- ]?face|in[- ]person|on[- ]?site|offline|conference|classroom/iu;

type Session = Pick<RecordVersion, "status" | "pathway" | "studiedFrom" | "studiedUntil" | "obtainedOn" | "title">;

/** Whether a version says that somebody was present on known days. */
export function isSession(version: Session): boolean {
  const { status, pathway, studiedFrom } = version;
  return status === "final" && studiedFrom !== null && pathway !== null && IN_PERSON.test(pathway);
}

/** Whether two sessions of one person share a day though they are about different things. */
export function sessionsOverlap(left: Session, right: Session): boolean {
  if (!isSession(left) || !isSession(right)) return false;
  if (normaliseTitle(left.title) === normaliseTitle(right.title)) return false;
  return (left.studiedFrom ?? "") <= lastDay(right) && (right.studiedFrom ?? "") <= lastDay(left);
}

function lastDay({ studiedFrom, studiedUntil, obtainedOn }: Session): string {
  return [studiedFrom ?? "", studiedUntil ?? obtainedOn ?? ""].sort()[1] ?? "";
}
