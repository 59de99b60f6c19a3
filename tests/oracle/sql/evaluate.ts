import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql, Transaction } from "@xueshi/database";
import type { RuleSet } from "@xueshi/domain";
import { loadRows, type Question } from "./load-rows.ts";

export type { Question } from "./load-rows.ts";

export interface YearAnswer {
  readonly year: number;
  readonly have: number;
  readonly need: number;
  readonly gap: number;
}

/** One requirement in hundredths, and which shapes of the row changed what it asks. */
export interface RequirementAnswer {
  readonly id: string;
  readonly have: number;
  readonly need: number;
  readonly gap: number;
  /** Where each year binds. */
  readonly years: readonly YearAnswer[] | null;
  readonly isInherited: boolean;
  readonly hasOverride: boolean;
  readonly hasExemption: boolean;
  readonly hasDeferral: boolean;
  readonly hasStart: boolean;
}

export type CountedAnswer = readonly [hundredths: number, year: number, toward: readonly string[]];

export interface SqlAnswer {
  /** The row that answers; null where none does. */
  readonly ruleSet: string | null;
  readonly row: string | null;
  readonly outcome: "met" | "not_met" | "fact_not_given" | "unanswered";
  /** A fact about the person that the row needs and the declaration does not give. */
  readonly missingFact: string | null;
  /** In the order of the row, inherited ones after it. */
  readonly requirements: readonly RequirementAnswer[];
  readonly caps: readonly { readonly id: string; readonly counted: number; readonly cut: number }[];
  /** By record id: the hundredths that count, the study year they count in, the requirements they count toward. */
  readonly counted: Readonly<Record<string, CountedAnswer>>;
}

/** The statements that answer, as the file has them. */
export const EVALUATE = readFileSync(join(import.meta.dirname, "evaluate.sql"), "utf8");

/** Answers questions in PostgreSQL alone, all of them at once, in their order; by other statements where they are given. */
export async function evaluateInSql(
  sql: Sql,
  ruleSets: readonly RuleSet[],
  questions: readonly Question[],
  evaluate: string = EVALUATE,
): Promise<SqlAnswer[]> {
  return await sql.begin(async (transaction) => {
    await loadRows(transaction, ruleSets, questions);
    await transaction.unsafe(evaluate);
    return await readAnswers(transaction);
  });
}

async function readAnswers(transaction: Transaction): Promise<SqlAnswer[]> {
  const rows = await transaction<SqlAnswer[]>`
    SELECT rule_set AS "ruleSet", row_id AS row, missing_fact AS "missingFact", outcome,
      coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', id, 'have', have, 'need', need, 'gap', gap, 'years', years,
          'isInherited', is_inherited, 'hasOverride', has_override, 'hasExemption', has_exemption,
          'hasDeferral', has_deferral, 'hasStart', has_start) ORDER BY number)
        FROM requirement_result WHERE requirement_result.case_id = answer.case_id
      ), '[]') AS requirements,
      coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', id, 'counted', counted, 'cut', cut) ORDER BY number)
        FROM cap_result WHERE cap_result.case_id = answer.case_id
      ), '[]') AS caps,
      coalesce((
        SELECT jsonb_object_agg(record_id, jsonb_build_array(hours, year, toward))
        FROM counted WHERE counted.case_id = answer.case_id
      ), '{}') AS counted
    FROM answer ORDER BY case_id`;
  return [...rows];
}
