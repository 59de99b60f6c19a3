import type { CheckRequest, checkRoutes } from "@xueshi/contracts";
import { readPersonEntries, writeKeptVerdicts } from "@xueshi/database";
import { type Answer, type AuthenticatedCall, type Handler, HttpProblem } from "@xueshi/http";
import { noteAccess } from "../access/note-access.ts";
import type { QueryContext } from "../query-context.ts";
import type { Knowledge } from "../requirement/knowledge.ts";
import { explainAnswers } from "./explain-answers.ts";
import { presentAnswer } from "./present-answer.ts";
import { askQuestion, type Decided, decideQuestion, isCautious, purposeOf, type Question } from "./question.ts";

/** Checks one person against one declaration. */
export function check(context: QueryContext): Handler<ReturnType<typeof checkRoutes>["checkRoute"]> {
  return ({ body }, call) => answerCheck(context, body, call, "check");
}

/**
 * One round trip: the person's entries (with `explain` two more where there are duplicates). Knowledge is taken before they are read, and the read is noted before it is
 * made. A verdict to keep is stored before it is answered. Throws `validation_failed` and `service_unavailable`.
 */
export async function answerCheck(
  context: QueryContext,
  request: CheckRequest,
  call: AuthenticatedCall,
  operation: string,
): Promise<Answer> {
  const knowledge = context.knowledge.current();
  let answer = await decideCheck(context, request, call, operation, knowledge);
  if (isCautious(answer.decided.verdict)) {
    const renewed = await context.knowledge.renewed();
    if (renewed !== knowledge) answer = await decideCheck(context, request, call, operation, renewed);
  }
  const keeper = { keyId: call.principal.keyId, vault: context.vault };
  const explain = await explainAnswers(context.sql, [answer]);
  const { response, kept } = presentAnswer(answer.question, answer.decided, call.language, keeper, explain(answer));
  if (kept === null) return { status: 200, json: response };
  await writeKeptVerdicts(context.sql, [kept]);
  return { status: 200, jsonText: kept.answer };
}

async function decideCheck(
  context: QueryContext,
  request: CheckRequest,
  call: AuthenticatedCall,
  operation: string,
  knowledge: Knowledge,
): Promise<{ question: Question; decided: Decided }> {
  const asked = askQuestion(request, context.vault, knowledge, call);
  if (!asked.ok) throw new HttpProblem("validation_failed", { errors: asked.errors });
  const { question } = asked;
  const purpose = purposeOf(operation, question.declaration);
  const noted = noteAccess(context, call, question.practitionerId, purpose);
  const entries = await readPersonEntries(context.sql, question.practitionerId, question.entriesUntilMs);
  await noted;
  return { question, decided: decideQuestion(question, entries, knowledge) };
}
