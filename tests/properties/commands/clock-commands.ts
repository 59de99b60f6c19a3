import type { VerdictResponse } from "@xueshi/contracts";
import fc from "fast-check";
import { expect } from "vitest";
import { answerTo, type Declaration, type Needs, NOTICE_2020, type Rules } from "../../oracle/index.ts";
import { declarations, PEOPLE } from "../dense-rows.ts";
import type { AuditedLedger } from "./audited-ledger.ts";
import { anyOf, type CommandKind, pick } from "./command.ts";
import { deriveStandings } from "./derive-standings.ts";
import { expectStandings } from "./expect-standings.ts";
import { postRest } from "./intake-commands.ts";
import type { ChangedRules, LedgerModel, Standings } from "./ledger-model.ts";

const SHARES = [
  [1, 1],
  [1, 1],
  [2, 3],
  [4, 3],
  [1, 2],
] as const satisfies readonly ChangedRules["share"][];
const ROUTES = ["quzhou-city", "quzhou-city", "zj-industry", null] as const satisfies readonly ChangedRules["route"][];
/** Days of the small world's rows, the days before them, and one after all. */
const DAYS = ["2019-06-29", "2019-06-30", "2019-12-31", "2020-01-01", "2020-12-31"] as const;

function rulesOf({ share: [times, by] }: ChangedRules): Rules {
  const scaled = ({ years, ...hours }: Needs): Needs => ({
    years,
    ...(Object.fromEntries(Object.entries(hours).map(([id, need]) => [id, (need * times) / by])) as Omit<
      Needs,
      "years"
    >),
  });
  const { annual, initial, review } = NOTICE_2020;
  return { annual: scaled(annual), initial: scaled(initial), review: scaled(review) };
}

/** Rules are activated: for checks at once, for what was posted before step by step. */
export const activateRules: CommandKind<ChangedRules> = {
  ...{ kind: "activate a rule set", weight: 2 },
  plan: fc.record({ share: fc.constantFrom(...SHARES), route: fc.constantFrom(...ROUTES) }),
  run: async (model, real, changed) => {
    const isNew = JSON.stringify(changed) !== JSON.stringify(model.facts.rules);
    expect(await real.activate(changed)).toBe(isNew);
    model.facts.rules = changed;
    if (isNew) model.isPosted = false;
    return isNew;
  },
};

/** Some of what was posted before follows the rules. */
export const followStep: CommandKind<null> = {
  ...{ kind: "follow the rules a step", weight: 1 },
  plan: fc.constant(null),
  isPossible: ({ isPosted }) => !isPosted,
  run: (_model, real) => real.follow(),
};

/** All that waits is posted, and the ledger compared with the model; later questions may be about this moment. */
export const compare: CommandKind<null> = {
  ...{ kind: "compare", weight: 2 },
  plan: fc.constant(null),
  run: async (model, real) => {
    await postRest(model, real);
    const standings = deriveStandings(model.facts);
    await expectStandings(real, standings);
    model.moments.push({ knownAtMs: real.clock(), standings, rules: rulesOf(model.facts.rules) });
    return true;
  },
};

interface Question {
  readonly declaration: number;
  readonly asOf: (typeof DAYS)[number];
}
const question = fc.record({ declaration: fc.nat(declarations.length - 1), asOf: fc.constantFrom(...DAYS) });

/** A check about now; where nothing waits to be posted it must be answered as the rules say. */
export const check: CommandKind<Question> = {
  ...{ kind: "check", weight: 4 },
  plan: question,
  run: async (model, real, { declaration: number, asOf }) => {
    const declaration = pick(declarations, number);
    if (declaration === undefined) return false;
    const answer = await real.check(declaration, { asOf, knownAtMs: null });
    if (model.isPosted)
      expectAnswer(answer, declaration, asOf, deriveStandings(model.facts), rulesOf(model.facts.rules));
    const knownAtMs = real.clock();
    model.answers.push({ declaration, asOf, knownAtMs, answer: await answerAt(real, declaration, asOf, knownAtMs) });
    return true;
  },
};

/** A check about an earlier moment must be answered by how all stood, and by the rules that were known, then. */
export const checkEarlier: CommandKind<Question & { moment: number }> = {
  ...{ kind: "check an earlier moment", weight: 4 },
  plan: fc.record({ declaration: fc.nat(declarations.length - 1), asOf: fc.constantFrom(...DAYS), moment: anyOf }),
  isPossible: ({ moments }) => moments.length > 0,
  run: async (model, real, { declaration: number, asOf, moment: at }) => {
    const [declaration, moment] = [pick(declarations, number), pick(model.moments, at)];
    if (declaration === undefined || moment === undefined) return false;
    const { knownAtMs, standings, rules } = moment;
    expectAnswer(await real.check(declaration, { asOf, knownAtMs }), declaration, asOf, standings, rules);
    return true;
  },
};

/** A check whose answer is kept, about now or an earlier moment. */
export const keepVerdict: CommandKind<Question & { moment: number | null }> = {
  ...{ kind: "keep a verdict", weight: 2 },
  plan: fc.record({
    declaration: fc.nat(declarations.length - 1),
    asOf: fc.constantFrom(...DAYS),
    moment: fc.option(anyOf, { freq: 2 }),
  }),
  run: async (model, real, { declaration: number, asOf, moment: at }) => {
    const declaration = pick(declarations, number);
    if (declaration === undefined) return false;
    const moment = at === null ? undefined : pick(model.moments, at);
    const answer = await real.check(declaration, { asOf, knownAtMs: moment?.knownAtMs ?? null, keep: true });
    if (moment !== undefined) expectAnswer(answer, declaration, asOf, moment.standings, moment.rules);
    const practitionerId = real.practitionerIdOf(declaration.practitioner.idNumber);
    model.kept.push({ practitionerId, verdictId: answer.verdictId ?? "" });
    return true;
  },
};

/** Verdicts that are kept are decided again: whatever came since, they are the very same. */
export const replay: CommandKind<null> = {
  ...{ kind: "replay verdicts", weight: 2 },
  plan: fc.constant(null),
  isPossible: ({ kept }) => kept.length > 0,
  run: async (model, real) => {
    const same = model.kept.map(() => ({ outcome: "same", code: null, differences: [] }));
    expect(await real.replay(model.kept)).toEqual(same);
    return true;
  },
};

/** Every earlier answer comes again at its known time. */
export async function expectSameAnswers(model: LedgerModel, real: AuditedLedger): Promise<void> {
  for (const { declaration, asOf, knownAtMs, answer } of model.answers) {
    expect(await answerAt(real, declaration, asOf, knownAtMs), "an earlier answer, asked again").toBe(answer);
  }
}

async function answerAt(real: AuditedLedger, declared: Declaration, asOf: string, knownAtMs: number): Promise<string> {
  return JSON.stringify(await real.check(declared, { asOf, knownAtMs }));
}

function expectAnswer(
  answer: VerdictResponse,
  declaration: Declaration,
  asOf: string,
  { main, names }: Standings,
  rules: Rules,
): void {
  const { idNumber } = declaration.practitioner;
  const knownName = names.get(PEOPLE.findIndex((person) => person.idNumber === idNumber));
  const records = main.filter(({ personId }) => personId === idNumber);
  const expected = answerTo(declaration, { knownName, records }, { asOf, rules });
  const told = {
    verdict: answer.verdict,
    reason: answer.verdict === "unknown" ? (answer.reasons[0]?.code ?? null) : null,
    gaps: Object.fromEntries(answer.requirements.map(({ id, gap }) => [id, gap])),
  };
  expect(told).toEqual(expected);
  const total = answer.requirements.find(({ id }) => id === "total");
  if (total === undefined) return;
  const listed = answer.counted.reduce((sum, { hours }) => sum + hours * 100, 0);
  expect(Math.round(listed), "the listed hours add up to the number shown").toBe(Math.round((total.have ?? 0) * 100));
}
