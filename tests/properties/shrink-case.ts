import type { AnsweredRule, DeclarationRule, RuleSet } from "@xueshi/domain";
import type { Question } from "../oracle/sql/evaluate.ts";

/** A question, and the rule sets that may answer it. */
export interface Case {
  readonly ruleSets: readonly RuleSet[];
  /** Whether the rule sets are drawn too, for this case alone. */
  readonly isDrawn: boolean;
  readonly question: Question;
}

const STEPS_MAX = 60;

/** Leaves out of a case what is not needed for the evaluators to differ, one thing after the other. */
export async function shrinkCase(
  failing: Case,
  differ: (cases: readonly Case[]) => Promise<readonly boolean[]>,
): Promise<Case> {
  let smallest = failing;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const candidates = smallerCases(smallest);
    if (candidates.length === 0) break;
    const differing = await differ(candidates);
    const next = candidates.find((_, index) => differing[index]);
    if (next === undefined) break;
    smallest = next;
  }
  return smallest;
}

function smallerCases({ question, ...rest }: Case): Case[] {
  const { records, declaration } = question;
  const halves = records.length < 6 ? [] : [records.slice(0, records.length / 2), records.slice(records.length / 2)];
  const facts = Object.entries(declaration.facts ?? {});
  const grants = declaration.grants ?? [];
  const questions: Question[] = [
    ...halves.map((half) => ({ ...question, records: half })),
    ...withoutOne(records).map((fewer) => ({ ...question, records: fewer })),
    ...withoutOne(grants).map((fewer) => ({ ...question, declaration: { ...declaration, grants: fewer } })),
    ...withoutOne(facts).map((fewer) => {
      return { ...question, declaration: { ...declaration, facts: Object.fromEntries(fewer) } };
    }),
  ];
  const smaller = questions.map((each): Case => ({ ...rest, question: each }));
  return rest.isDrawn ? [...smaller, ...smallerRules({ question, ...rest })] : smaller;
}

/** The same question under rule sets that say less; each has names of its own, because all are asked at once. */
function smallerRules({ ruleSets, question, isDrawn }: Case): Case[] {
  return ruleSets.flatMap((ruleSet, at) =>
    ruleSet.declarations.flatMap((row, place) =>
      smallerRows(row).map((smaller): Case => {
        const declarations = ruleSet.declarations.with(place, smaller);
        return { isDrawn, ruleSets: ruleSets.with(at, { ...ruleSet, declarations }), question };
      }),
    ),
  );
}

function smallerRows(row: DeclarationRule): AnsweredRule[] {
  if (row.answer !== "requirements") return [];
  return [
    ...withoutOne(row.requirements).map((requirements) => ({ ...row, requirements })),
    ...withoutOne(row.caps).map((caps) => ({ ...row, caps })),
    ...withoutOne(row.gates).map((gates) => ({ ...row, gates })),
    ...withoutOne(row.grants).map((grants) => ({ ...row, grants })),
    ...(row.carryOver === null ? [] : [{ ...row, carryOver: null }]),
    ...(row.start === null ? [] : [{ ...row, start: null }]),
    ...(row.inherits === null ? [] : [{ ...row, inherits: null }]),
  ];
}

/** The case under names that no other case has. */
export function renamed({ ruleSets, question, isDrawn }: Case, suffix: string): Case {
  if (!isDrawn) return { ruleSets, question, isDrawn };
  const name = (word: string) => `${word}-${suffix}`;
  const renamedSets = ruleSets.map((ruleSet): RuleSet => {
    const declarations = ruleSet.declarations.map((row): DeclarationRule => {
      if (row.answer === "delegated") return { ...row, toPlace: row.toPlace === null ? null : name(row.toPlace) };
      return { ...row, inherits: row.inherits && { ...row.inherits, ruleSet: name(row.inherits.ruleSet) } };
    });
    return { ...ruleSet, id: name(ruleSet.id), place: name(ruleSet.place), declarations };
  });
  const declaration = { ...question.declaration, place: name(question.declaration.place) };
  return { isDrawn, ruleSets: renamedSets, question: { ...question, declaration } };
}

function withoutOne<Item>(list: readonly Item[]): Item[][] {
  return list.map((_, index) => list.toSpliced(index, 1));
}
