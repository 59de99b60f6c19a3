import { randomInt } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Sql } from "@xueshi/database";
import { openTestDatabase } from "@xueshi/database/testing";
import type { AnsweredRule, RequirementRule, RuleSet, Verdict, WindowRule } from "@xueshi/domain";
import { loadRulebook } from "@xueshi/rulebook";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Random, randomFrom } from "../oracle/random.ts";
import { EVALUATE, evaluateInSql, type SqlAnswer } from "../oracle/sql/evaluate.ts";
import { activated, decide, productAnswer, sqlAnswer } from "./compare-evaluators.ts";
import { randomRuleSets } from "./random-rules.ts";
import { questionFor } from "./rule-cases.ts";
import { shapesOf, shapesSeen } from "./rule-shapes.ts";
import { type Case, renamed, shrinkCase } from "./shrink-case.ts";

/** XUESHI_PROPERTY_SEED, as a failure prints it, draws the same cases again. */
const { XUESHI_PROPERTY_SEED: GIVEN_SEED, XUESHI_PROPERTY_RUNS: GIVEN_RUNS } = process.env;
const SEED = GIVEN_SEED === undefined ? randomInt(2 ** 31) : Number(GIVEN_SEED);
const REPLAY = `replay with XUESHI_PROPERTY_SEED=${SEED}`;

const CASES_MIN = 4_000;
const CASES_PER_ROW_MIN = 100;
const DRAWN_ROWS = 240;
const CASES_PER_DRAWN_ROW = 5;
/** Of the cases of one rule file: how often each of its shapes must have decided something. */
const SEEN_MIN = 2;
const SEEN_MIN_DRAWN = 10;
/** Cases of one transaction. */
const BATCH = 500;
const OPEN_CASES_PER_ROW = 6;
const OPEN_DRAWN_ROWS = 800;
const OPEN_DRAWN_SHARE = 0.15;
/** Hours without a subject, all of them of the window before, must have decided more often than that. */
const OPEN_BEFORE_MIN = 3;
const FAULT_BATCH = 100;
const FAULT_BATCHES_MAX = 120;
/** Of so many kinds a window is drawn. */
const WINDOW_KINDS = 5;

let sql: Sql;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ owner: sql, close } = await openTestDatabase());
});
afterAll(() => close());

const ruleSets = loadRulebook().files.map((file) => file.ruleSet);
const rows = ruleSets.flatMap((ruleSet) =>
  ruleSet.declarations.flatMap((row) => (row.answer === "requirements" ? [{ ruleSet, row }] : [])),
);

interface Answered extends Case {
  readonly verdict: Verdict;
  readonly answer: SqlAnswer;
}

/** Both answers to every case; in SQL all cases of a batch in one go. */
async function answerAll(cases: readonly Case[], evaluate?: string): Promise<Answered[]> {
  const answered: Answered[] = [];
  for (let from = 0; from < cases.length; from += BATCH) {
    const batch = cases.slice(from, from + BATCH);
    const asked = [...new Set(batch.flatMap((each) => each.ruleSets))];
    const questions = batch.map(({ question }) => question);
    const answers = await evaluateInSql(sql, asked, questions, evaluate);
    batch.forEach((each, index) => {
      const answer = answers[index];
      if (answer === undefined) throw new Error("A question has no answer.");
      answered.push({ ...each, verdict: decide(activated(each.ruleSets), each.question), answer });
    });
  }
  return answered;
}

function differ({ verdict, answer }: Answered): boolean {
  return !isDeepStrictEqual(productAnswer(verdict), sqlAnswer(answer));
}

/** Fails with the smallest case that can be found where the evaluators differ. */
async function expectAgreement(answered: readonly Answered[]): Promise<void> {
  const differing = answered.filter(differ);
  const [first] = differing;
  if (first === undefined) return;
  const smallest = await shrinkCase(first, async (candidates) => {
    const apart = candidates.map((each, index) => renamed(each, String(index)));
    return (await answerAll(apart)).map(differ);
  });
  const [shown] = await answerAll([smallest]);
  if (shown === undefined) throw new Error("A question has no answer.");
  const rules = smallest.isDrawn ? `\n${JSON.stringify(smallest.ruleSets)}` : "";
  const said = `${differing.length} of ${answered.length} cases differ; ${REPLAY}`;
  expect(sqlAnswer(shown.answer), `${said}\n${JSON.stringify(smallest.question)}${rules}`).toEqual(
    productAnswer(shown.verdict),
  );
  throw new Error(said);
}

test("a second evaluator in SQL agrees on every row of every rule file, and every shape decides something", async () => {
  const random = randomFrom(SEED);
  const perRow = GIVEN_RUNS === undefined ? Math.ceil(CASES_MIN / rows.length) : Number(GIVEN_RUNS);
  const cases = rows.flatMap(({ ruleSet, row }) => {
    const requirements = requirementsOf(ruleSets, row);
    return Array.from({ length: Math.max(CASES_PER_ROW_MIN, perRow) }, (): Case => {
      return { ruleSets, isDrawn: false, question: questionFor(random, ruleSet, row, requirements) };
    });
  });
  const answered = await answerAll(cases);
  await expectAgreement(answered);
  expect(answered.length).toBeGreaterThanOrEqual(CASES_MIN);
  const wanted = rows.flatMap(({ ruleSet, row }) =>
    shapesOf(row, requirementsOf(ruleSets, row)).map((shape) => nameOf(ruleSet.id, row.id, shape)),
  );
  expect(rarelySeen(wanted, answered, SEEN_MIN, nameOf), REPLAY).toEqual([]);
});

test("it agrees on rows whose shapes are drawn by chance", async () => {
  const random = randomFrom(SEED + 1);
  const drawn = Array.from({ length: Number(GIVEN_RUNS ?? DRAWN_ROWS) }, (_, index) => randomRuleSets(random, index));
  const answered = await answerAll(drawn.flatMap((sets) => drawnCases(random, sets)));
  await expectAgreement(answered);
  const elsewhere = answered.filter(
    ({ verdict, question }) => verdict.window !== null && verdict.ruleSet?.id !== question.declaration.place,
  );
  expect(elsewhere.length, `answered by another place; ${REPLAY}`).toBeGreaterThan(SEEN_MIN_DRAWN);
  const own = answered.filter(({ ruleSets: [set], answer }) => {
    const row = set?.declarations.find(({ id }) => id === answer.row);
    const isOwn = row?.answer === "requirements" && row.inherits?.ruleSet === set?.id;
    return isOwn && answer.requirements.some(({ isInherited, gap }) => isInherited && gap > 0);
  });
  expect(own.length, `inherited from a row of the same file; ${REPLAY}`).toBeGreaterThan(SEEN_MIN_DRAWN);
  const wanted = drawn.flatMap((sets) => {
    return sets
      .slice(0, 1)
      .flatMap(answeredRows)
      .flatMap((row) => shapesOf(row, requirementsOf(sets, row)));
  });
  expect(
    rarelySeen(wanted, answered, SEEN_MIN_DRAWN, (_set, _row, shape) => shape),
    REPLAY,
  ).toEqual([]);
});

type Fault = readonly [name: string, text: string, changed: string, window?: WindowRule["kind"]];

/** One change each in the text of the second evaluator, and the kind of window that shows it, if only one does. */
const FAULTS: readonly Fault[] = [
  ["caps of the window before those of years", "ARRAY['item', 'year', 'window']", "ARRAY['item', 'window', 'year']"],
  ["later records before earlier ones", "ORDER BY obtained_on NULLS FIRST", "ORDER BY obtained_on DESC"],
  ["records of one day by their ids alone", 'source COLLATE "C", record_id', "record_id"],
  ["the earliest hours are carried over", "ORDER BY turn DESC", "ORDER BY turn"],
  ["all of the window before is carried over", "held - (rule->>'aboveHundredths')::integer", "held"],
  ["an exemption waives what was deferred into the year", "effect = 'deferral' THEN 0", "effect IS NOT NULL THEN 0"],
  ["the duty starts a year late", "< start_year, false)", "<= start_year, false)"],
  ["hours expire a day late", "'months')::integer) <= as_of", "'months')::integer) < as_of"],
  ["the last day for an assessment is too late", "assessed_on > obtained_on", "assessed_on >= obtained_on"],
  ["an item of the least hours is refused", "THEN hours < (gate", "THEN hours <= (gate"],
  ["a share is rounded down", "THEN ceil(sum(whole)", "THEN floor(sum(whole)"],
  ["no override holds", "coalesce(override.need, ", "coalesce("],
  ["the nearest of inherited values is lost", "'id', distance;", "'id', distance DESC;"],
  [
    "a cycle begins a day late",
    "* (frame->>'count')::integer * 12) <= as_of",
    "* (frame->>'count')::integer * 12) < as_of",
    "cycle",
  ],
  ["an assessment counts before its day", "record.assessed_on <= frame.as_of", "record.assessed_on IS NOT NULL"],
  [
    "a deferred need is that of the year it falls due in",
    "sum(need) FILTER (WHERE has_duty)",
    "need * count(*) FILTER (WHERE has_duty)",
  ],
  ["a need is deferred out of a year that asks none", "AND in_span AS has_duty", "AS has_duty"],
  [
    "years end so many months after the window begins",
    "plus_months(origin, first_month + (number + 1) * 12)",
    "plus_months(pg_temp.plus_months(origin, first_month), (number + 1) * 12)",
    "cycle",
  ],
  [
    "the window before is told by dates alone",
    "WHEN by_year AND begins = '01-01' THEN record.attributed_year BETWEEN",
    "WHEN false THEN record.attributed_year BETWEEN",
  ],
  [
    "the window before months has whole years",
    "CASE frame_kind WHEN 'months' THEN months ELSE year_count * 12 END",
    "year_count * 12",
    "months",
  ],
  [
    "no row of the same file is inherited from",
    "base.row_id = chain.body->'inherits'->>'row'",
    "base.row_id = chain.body->'inherits'->>'row' AND base.row_id = 'row'",
  ],
];

const NAMED_FAULTS = FAULTS.map(([name, text, changed, window]) => ({ name, text, changed, window }));

test.each(NAMED_FAULTS)("the comparison notices when $name", async ({ text, changed, window }) => {
  expect(EVALUATE.split(text), "where the text stands").toHaveLength(2);
  const random = randomFrom(SEED + 3);
  for (let batch = 0; batch < FAULT_BATCHES_MAX; batch += 1) {
    const length = (FAULT_BATCH / CASES_PER_DRAWN_ROW) * (window === undefined ? 1 : WINDOW_KINDS);
    const cases = Array.from({ length }, (_, index) => randomRuleSets(random, index))
      .filter(([own]) => window === undefined || answeredRows(own).every((row) => row.window.kind === window))
      .flatMap((sets) => drawnCases(random, sets));
    const answered = await answerAll(cases, EVALUATE.replace(text, changed));
    if (answered.some(differ)) return;
  }
  throw new Error(`No case is answered otherwise; ${REPLAY}`);
});

test("hours without a subject decide exactly where the second evaluator finds subjects that change the outcome", async () => {
  const random = randomFrom(SEED + 2);
  const written = rows.flatMap(({ ruleSet, row }) => {
    const requirements = requirementsOf(ruleSets, row);
    return Array.from({ length: OPEN_CASES_PER_ROW }, (): Case => {
      return { ruleSets, isDrawn: false, question: questionFor(random, ruleSet, row, requirements) };
    });
  });
  const drawn = Array.from({ length: OPEN_DRAWN_ROWS }, (_, index) => randomRuleSets(random, index))
    .flatMap((sets) => drawnCases(random, sets))
    .filter(({ ruleSets: [own], question: { declaration } }) =>
      own?.declarations.some(
        (row) => row.when.kind === declaration.kind && "carryOver" in row && row.carryOver !== null,
      ),
    );
  const open = [...written, ...drawn]
    .map((each): Case => ({ ...each, question: withOpenRecords(random, each) }))
    // Hours of the window before decide rarely: where the product says so all cases are compared, else some.
    .filter((each) => !each.isDrawn || random.chance(OPEN_DRAWN_SHARE) || isOpenBefore(each));
  const answered = (await answerAll(open)).filter(({ verdict }) => verdict.window !== null);
  const assigned = answered.map(({ question, ...rest }) =>
    assignments(question, rest.verdict.ruleSet?.subjects ?? []).map((each): Case => ({ ...rest, question: each })),
  );
  const outcomes = (await answerAll(assigned.flat())).map(({ answer }) => answer.outcome);
  let [decisive, decisiveBefore, at] = [0, 0, 0];
  answered.forEach(({ ruleSets: sets, isDrawn, verdict, answer, question }, index) => {
    const count = assigned[index]?.length ?? 0;
    const changes = outcomes.slice(at, at + count).some((outcome) => outcome !== answer.outcome);
    at += count;
    decisive += Number(changes);
    decisiveBefore += Number(changes && isOpenBefore({ ruleSets: sets, isDrawn, question }));
    const isOpen = verdict.reasons.some(({ code }) => code === "unclassified_hours");
    expect(isOpen, `${REPLAY}\n${JSON.stringify(question)}`).toBe(changes);
  });
  expect(decisive, REPLAY).toBeGreaterThan(10);
  expect(decisiveBefore, `through hours of the window before; ${REPLAY}`).toBeGreaterThan(OPEN_BEFORE_MIN);
});

/** Whether the product leaves open what records decide that were all obtained, and are of a year, before the window. */
function isOpenBefore({ ruleSets: sets, question }: Case): boolean {
  const { window, reasons } = decide(activated(sets), question);
  if (window === null || !reasons.some(({ code }) => code === "unclassified_hours")) return false;
  const { from, years } = window;
  return question.records
    .filter(({ state }) => state === "unclassified")
    .every(
      ({ obtainedOn, attributedYear }) =>
        obtainedOn !== null && obtainedOn < from && (attributedYear ?? 0) < (years[0] ?? 0),
    );
}

function nameOf(ruleSet: string, row: string, shape: string): string {
  return shape === "met" || shape === "not met" ? `${ruleSet} ${row}: ${shape}` : `${ruleSet}: ${shape}`;
}

/** The wanted shapes that decided less often than they must, with how often they did. */
function rarelySeen(
  wanted: readonly string[],
  answered: readonly Answered[],
  least: number,
  name: (ruleSet: string, row: string, shape: string) => string,
): string[] {
  const counts = new Map(wanted.map((shape) => [shape, 0]));
  for (const { ruleSets: sets, verdict, answer } of answered) {
    const row = sets.find(({ id }) => id === answer.ruleSet)?.declarations.find(({ id }) => id === answer.row);
    if (row?.answer !== "requirements") continue;
    for (const shape of shapesSeen(row, verdict, answer)) {
      const key = name(answer.ruleSet ?? "", row.id, shape);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return [...counts].filter(([, count]) => count < least).map(([shape, count]) => `${shape}: ${count}`);
}

function drawnCases(random: Random, sets: readonly [RuleSet, ...RuleSet[]]): Case[] {
  const [own] = sets;
  const local = sets.find(({ declarations }) => declarations.some(({ answer }) => answer === "delegated"));
  const asked = local === undefined ? own : { ...own, place: local.place, authorities: local.authorities };
  return answeredRows(own).flatMap((row) => {
    const requirements = requirementsOf(sets, row);
    return Array.from({ length: CASES_PER_DRAWN_ROW }, (): Case => {
      return { ruleSets: sets, isDrawn: true, question: questionFor(random, asked, row, requirements) };
    });
  });
}

function answeredRows({ declarations }: RuleSet): AnsweredRule[] {
  return declarations.flatMap((row) => (row.answer === "requirements" ? [row] : []));
}

/** What holds for a row, inherited values included. */
function requirementsOf(sets: readonly RuleSet[], row: AnsweredRule): readonly RequirementRule[] {
  if (row.inherits === null) return row.requirements;
  const { ruleSet, row: wanted, without } = row.inherits;
  const base = sets.find(({ id }) => id === ruleSet)?.declarations.find(({ id }) => id === wanted);
  if (base?.answer !== "requirements") return row.requirements;
  const own = new Set([...row.requirements.map(({ id }) => id), ...without]);
  return [...row.requirements, ...requirementsOf(sets, base).filter(({ id }) => !own.has(id))];
}

/** One or two of the registered records without their subject; no other is open. */
function withOpenRecords(random: Random, { ruleSets: sets, question }: Case): Case["question"] {
  const settled = question.records.filter(({ state }) => state !== "unclassified");
  const registered = settled.filter(({ state }) => state === "registered");
  const { window } = decide(activated(sets), question);
  const before = registered.filter(({ obtainedOn }) => obtainedOn !== null && obtainedOn < (window?.from ?? ""));
  const list = before.length > 0 && random.chance(0.6) ? before : registered;
  const at = random.int(0, Math.max(0, list.length - 1));
  const chosen = list.slice(at, at + random.int(1, 2));
  const records = settled.map((record) =>
    chosen.includes(record) ? { ...record, state: "unclassified" as const, subject: null } : record,
  );
  return { ...question, records };
}

/** Every way to give the open records subjects of the rule set. */
function assignments(question: Case["question"], subjects: readonly string[]): Case["question"][] {
  const at = question.records.findIndex(({ state }) => state === "unclassified");
  const record = question.records[at];
  if (record === undefined) return [question];
  return subjects.flatMap((subject) => {
    const records = question.records.with(at, { ...record, state: "registered", subject });
    return assignments({ ...question, records }, subjects);
  });
}
