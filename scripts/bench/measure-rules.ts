import {
  type ActivatedRuleSet,
  type Declaration,
  decideVerdict,
  evaluateRule,
  findRule,
  type LocalDate,
  type ProjectedRecord,
  TITLE_SUBJECTS,
  windowOf,
} from "@xueshi/domain";
import { loadRulebook } from "@xueshi/rulebook";
import { prepareRuleEngines, type RuleEngine } from "./rule-engines.ts";
import { median } from "./statistics.ts";

const PEOPLE = 50;
const RECORDS = 20;
const SLICE_MS = 300;
const NOW_MS = Date.parse("2021-01-05T00:00:00Z");
const AS_OF = "2020-12-31" as LocalDate;
const PLATFORMS = ["quzhou-city"];
const DECLARATION: Declaration = {
  place: "quzhou",
  year: 2020,
  kind: "review",
  level: "intermediate",
  series: "economics",
  education: "bachelor",
};

export interface RulesFigure {
  /** Requirements with have, need and gap, and what each of 20 records counts toward or why not. */
  readonly evaluationsPerSecond: number;
  /** The whole verdict: that, with freshness, notices and lists in their canonical order. */
  readonly verdictsPerSecond: number;
  /** Medians by engine; they say only whether the notice is met. */
  readonly peersPerSecond: Readonly<Record<string, number>>;
  /** Evaluations against the best of the engines, median of the pairs. */
  readonly ratioToBest: number;
}

type Subject = (records: readonly ProjectedRecord[]) => unknown;

/** One thread, the notice of two years, interleaved slices of ours and of each engine; all give the same answers first. */
export async function measureRules(pairs: number, enginesDir: string): Promise<RulesFigure> {
  const people = Array.from({ length: PEOPLE }, (_, index) => makePerson(index));
  const { evaluate, verdict, needs } = ours();
  const engines = prepareRuleEngines(enginesDir, needs);
  await checkAgreement(people, evaluate, engines);
  const rounds: { evaluations: number; verdicts: number; peers: number[] }[] = [];
  for (let pair = 0; pair < pairs + 1; pair += 1) {
    const evaluations = runSlice(people, evaluate);
    const verdicts = runSlice(people, verdict);
    const peers: number[] = [];
    for (const engine of engines) peers.push(await runPeer(people, engine));
    // The first round warms up.
    if (pair > 0) rounds.push({ evaluations, verdicts, peers });
  }
  return {
    evaluationsPerSecond: median(rounds.map(({ evaluations }) => evaluations)),
    verdictsPerSecond: median(rounds.map(({ verdicts }) => verdicts)),
    peersPerSecond: Object.fromEntries(
      engines.map(({ name }, index) => [name, median(rounds.map(({ peers }) => peers[index] ?? Number.NaN))]),
    ),
    ratioToBest: median(rounds.map(({ evaluations, peers }) => evaluations / Math.max(...peers))),
  };
}

function ours() {
  const file = loadRulebook().files.find(({ ruleSet }) => ruleSet.id === "quzhou-2020");
  if (file === undefined) throw new Error("The rulebook has no rule set quzhou-2020.");
  const ruleSets: ActivatedRuleSet[] = [{ ruleSet: file.ruleSet, digest: file.digest, activatedAtMs: 0 }];
  const rule = findRule(ruleSets, DECLARATION, NOW_MS);
  if (rule.found === "nothing" || rule.row.answer === "delegated") throw new Error("No row answers the review.");
  const { row } = rule;
  const window = windowOf(row, DECLARATION, AS_OF);
  if (typeof window === "string") throw new Error("The review needs no fact.");
  const need = (id: string): number => {
    const found = row.requirements.find((each) => each.rule.id === id)?.rule;
    return found?.kind === "floor" ? found.needHundredths : Number.NaN;
  };
  const freshness = PLATFORMS.map((platform) => ({ platform, completeUntilMs: NOW_MS, partialSince: false }));
  const question = {
    ...{ declaration: DECLARATION, asOf: AS_OF, knownAtMs: NOW_MS, nowMs: NOW_MS, declaredNameDigest: null },
    ...{ freshness, ruleSets },
  };
  const scope = { platforms: PLATFORMS, window, asOf: AS_OF };
  return {
    evaluate: (records: readonly ProjectedRecord[]) => evaluateRule(row, scope, records),
    verdict: (records: readonly ProjectedRecord[]) =>
      decideVerdict({ ...question, person: { records, nameDigest: null, sequence: RECORDS, head: "head" } }),
    needs: {
      totalHundredths: need("total"),
      professionalHundredths: need("professional"),
      commonHundredths: need("common"),
    },
  };
}

async function checkAgreement(
  people: readonly (readonly ProjectedRecord[])[],
  evaluate: (records: readonly ProjectedRecord[]) => { readonly outcome: string },
  engines: readonly RuleEngine[],
): Promise<void> {
  const outcomes = new Set<boolean>();
  for (const records of people) {
    const isMet = evaluate(records).outcome === "met";
    outcomes.add(isMet);
    for (const engine of engines) {
      if ((await engine.evaluate(records)) !== isMet) throw new Error(`${engine.name} gives another answer.`);
    }
  }
  if (outcomes.size < 2) throw new Error("Everybody has the same answer, so nothing is compared.");
}

/** Calls per second in one slice of time. */
function runSlice(people: readonly (readonly ProjectedRecord[])[], subject: Subject): number {
  const startedMs = performance.now();
  let [calls, elapsedMs] = [0, 0];
  while (elapsedMs < SLICE_MS) {
    for (const records of people) subject(records);
    calls += people.length;
    elapsedMs = performance.now() - startedMs;
  }
  return (calls * 1000) / elapsedMs;
}

async function runPeer(people: readonly (readonly ProjectedRecord[])[], engine: RuleEngine): Promise<number> {
  const startedMs = performance.now();
  let [calls, elapsedMs] = [0, 0];
  while (elapsedMs < SLICE_MS) {
    for (const records of people) await engine.evaluate(records);
    calls += people.length;
    elapsedMs = performance.now() - startedMs;
  }
  return (calls * 1000) / elapsedMs;
}

/** Twenty records over three years, subjects and platforms, with a duplicate among them; some people meet the notice. */
function makePerson(person: number): ProjectedRecord[] {
  return Array.from({ length: RECORDS }, (_, index): ProjectedRecord => {
    const year = 2018 + ((index + person) % 3);
    const platform = index % 9 === 8 ? "zj-industry" : "quzhou-city";
    return {
      recordKey: `key-${index}`,
      slot: "",
      recordId: `r${(index * 7 + person) % RECORDS}`,
      source: platform,
      platform,
      state: index % 11 === 10 ? "duplicate" : "registered",
      code: null,
      hoursHundredths: 700 + (person % 10) * 150 + ((index * 37) % 20) * 50,
      subject: TITLE_SUBJECTS[index % 5 < 3 ? 0 : (index % 2) + 1] ?? null,
      attributedYear: year,
      obtainedOn: `${year}-0${1 + (index % 9)}-11` as LocalDate,
      pathway: null,
      recognition: "as-registered",
      assessedOn: null,
      flags: "",
      updateTimeMs: 1,
    };
  });
}
