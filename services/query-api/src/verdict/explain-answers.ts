import type { CountsInsteadToPresent } from "@xueshi/contracts";
import type { Sql } from "@xueshi/database";
import type { UncountedRecord } from "@xueshi/domain";
import { explainDuplicates } from "../ledger/explain-duplicates.ts";
import type { Decided, Question } from "./question.ts";

/** What is asked, and what was decided of it. */
export interface AnswerToExplain {
  readonly question: Question;
  readonly decided: Decided;
}

/** Says of a record that does not count which one counts in its place; null: it is no duplicate, or nobody asked. */
export type CountsInsteadOf = (record: UncountedRecord) => CountsInsteadToPresent | null;

const NOTHING: CountsInsteadOf = () => null;

/**
 * Reads which records count in the place of duplicates, for the answers that are to explain themselves and have some; the
 * others cost nothing. Answers about one known time are read together.
 */
export async function explainAnswers(
  sql: Sql,
  answers: readonly AnswerToExplain[],
): Promise<(answer: AnswerToExplain) => CountsInsteadOf> {
  const asked = answers.filter(
    ({ question, decided }) => question.explain && decided.verdict.uncounted.some(({ code }) => code === "duplicate"),
  );
  if (asked.length === 0) return () => NOTHING;
  const explained = new Map<AnswerToExplain, CountsInsteadOf>();
  const byTime = Map.groupBy(asked, ({ question }) => question.entriesUntilMs);
  await Promise.all(
    [...byTime].map(async ([knownAtMs, group]) => {
      const cuts = new Map(group.map((one) => [one.question.practitionerId, one.decided.verdict.cut.sequence]));
      const people = [...cuts].map(([practitionerId, sequence]) => ({ practitionerId, sequence }));
      const explain = await explainDuplicates(sql, people, knownAtMs);
      for (const one of group) {
        const ofPerson = explain.get(one.question.practitionerId)?.explain;
        explained.set(one, ({ code, source, recordId }) =>
          code === "duplicate" ? (ofPerson?.(source, recordId) ?? null) : null,
        );
      }
    }),
  );
  return (answer) => explained.get(answer) ?? NOTHING;
}
