import { type Language, presentVerdict, type VerdictResponse } from "@xueshi/contracts";
import type { KeptVerdict } from "@xueshi/database";
import type { Verdict } from "@xueshi/domain";
import { canonicalDecision } from "./canonical-decision.ts";
import type { Question } from "./question.ts";
import { createVerdictId } from "./verdict-id.ts";

/** What is sent for a question, and the row to keep when the question asked for that. */
export interface PresentedAnswer {
  readonly response: VerdictResponse;
  readonly kept: KeptVerdict | null;
}

/** Presents a verdict; one to keep gets its id here, and the bytes to keep are those of the response. */
export function presentAnswer(
  question: Question,
  verdict: Verdict,
  language: Language,
  keyId: string,
): PresentedAnswer {
  const { practitionerId, reference, nowMs } = question;
  if (!question.keep) return { response: presentVerdict(verdict, language, reference), kept: null };
  const verdictId = createVerdictId(practitionerId);
  const response = presentVerdict(verdict, language, reference, verdictId);
  const decision = canonicalDecision(verdict, question);
  const answer = JSON.stringify(response);
  return { response, kept: { practitionerId, verdictId, keptAtMs: nowMs, keyId, answer, decision } };
}
