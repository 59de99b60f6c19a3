import { type Language, presentVerdict, type VerdictResponse } from "@xueshi/contracts";
import type { KeptVerdict } from "@xueshi/database";
import { canonicalDecision } from "./canonical-decision.ts";
import type { Decided, Question } from "./question.ts";
import { createVerdictId } from "./verdict-id.ts";

/** What is sent for a question, and the row to keep when the question asked for that. */
export interface PresentedAnswer {
  readonly response: VerdictResponse;
  readonly kept: KeptVerdict | null;
}

/** Presents a verdict; one to keep gets its id here, and the bytes to keep are those of the response. */
export function presentAnswer(
  question: Question,
  { verdict, missing }: Decided,
  language: Language,
  keyId: string,
): PresentedAnswer {
  const { practitionerId, reference, nowMs, explain } = question;
  const extras = { id: reference, explain, missing, hypothetical: question.hypothetical.length };
  if (!question.keep) return { response: presentVerdict(verdict, language, extras), kept: null };
  const verdictId = createVerdictId(practitionerId);
  const response = presentVerdict(verdict, language, { ...extras, verdictId });
  const decision = canonicalDecision(verdict, question);
  const answer = JSON.stringify(response);
  return { response, kept: { practitionerId, verdictId, keptAtMs: nowMs, keyId, answer, decision } };
}
