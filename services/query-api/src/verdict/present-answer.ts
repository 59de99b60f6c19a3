import { type Language, presentVerdict, type VerdictResponse } from "@xueshi/contracts";
import type { KeptVerdict } from "@xueshi/database";
import type { Vault } from "@xueshi/vault";
import { canonicalDecision } from "./canonical-decision.ts";
import type { CountsInsteadOf } from "./explain-answers.ts";
import type { Decided, Question } from "./question.ts";
import { sealVerdict } from "./seal-verdict.ts";
import { createVerdictId } from "./verdict-id.ts";

/** What is sent for a question, and the row to keep when the question asked for that. */
export interface PresentedAnswer {
  readonly response: VerdictResponse;
  readonly kept: KeptVerdict | null;
}

/** Presents a verdict; one to keep gets its id and its seal here, and the bytes to keep are those of the response. */
export function presentAnswer(
  question: Question,
  { verdict, missing, known }: Decided,
  language: Language,
  keeper: { readonly keyId: string; readonly vault: Pick<Vault, "sealTexts"> },
  countsInstead: CountsInsteadOf,
): PresentedAnswer {
  const { practitionerId, reference, nowMs, explain } = question;
  const extras = { id: reference, explain, missing, hypothetical: question.hypothetical.length, countsInstead };
  if (!question.keep) return { response: presentVerdict(verdict, language, extras), kept: null };
  const verdictId = createVerdictId(practitionerId);
  const response = presentVerdict(verdict, language, { ...extras, verdictId });
  const decision = canonicalDecision(verdict, { declaredNameDigest: question.declaredNameDigest, known });
  const answer = JSON.stringify(response);
  const kept = { practitionerId, verdictId, keptAtMs: nowMs, keyId: keeper.keyId, answer, decision };
  return { response, kept: { ...kept, seal: sealVerdict(keeper.vault, kept) } };
}
