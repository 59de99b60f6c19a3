import {
  type ActivatedRuleSet,
  type Declaration,
  decideVerdict,
  type LocalDate,
  type PlatformFreshness,
  type ProjectedRecord,
  parseHours,
  parseInstant,
  parseLocalDate,
  type RuleSet,
  type Verdict,
  yearOf,
} from "@xueshi/domain";
import type { Scenario, ScenarioRecord, ScenarioSetting } from "./scenario-file.ts";

/** The verdict of a scenario when these rule sets are activated; `setting` is what its file says for all of its scenarios. */
export function decideScenario(scenario: Scenario, setting: ScenarioSetting, ruleSets: readonly RuleSet[]): Verdict {
  const { declaration, defaults } = setting;
  const knownAtMs = instant(scenario.knownAt ?? defaults.knownAt);
  const platforms = new Set(ruleSets.flatMap(({ authorities }) => authorities.flatMap((route) => route.platforms)));
  return decideVerdict({
    declaration: declared({ ...declaration, ...scenario.declaration } as ScenarioSetting["declaration"]),
    asOf: localDate(scenario.asOf ?? defaults.asOf),
    knownAtMs,
    nowMs: scenario.now === undefined ? knownAtMs : instant(scenario.now),
    declaredNameDigest: scenario.nameGiven,
    person: {
      records: scenario.records.map((record) => projectedRecord(record, defaults.platform)),
      nameDigest: scenario.nameKnown,
      sequence: scenario.records.length,
      head: "head",
    },
    freshness: [...platforms].map((platform) => freshnessOf(platform, scenario, knownAtMs)),
    ruleSets: ruleSets.map((ruleSet) => activated(ruleSet, scenario)),
  });
}

function declared({ facts = {}, grants = [], ...declaration }: ScenarioSetting["declaration"]): Declaration {
  const dates = Object.entries(facts).flatMap(([fact, date]) => (date === undefined ? [] : [[fact, localDate(date)]]));
  return { ...declaration, facts: Object.fromEntries(dates), grants };
}

function activated(ruleSet: RuleSet, { rulesActivated }: Scenario): ActivatedRuleSet {
  const at = rulesActivated[ruleSet.id];
  return { ruleSet, digest: "0".repeat(64), activatedAtMs: at === undefined ? 0 : instant(at) };
}

/** A scenario's record as the ledger's projection would hand it to a verdict. */
export function projectedRecord(record: ScenarioRecord, platformUnlessSaid: string): ProjectedRecord {
  const obtainedOn = localDate(record.on);
  const platform = record.platform ?? platformUnlessSaid;
  return {
    recordKey: record.id,
    slot: record.row,
    recordId: record.id,
    source: record.source ?? platform,
    platform,
    state: record.state,
    code: record.code,
    hoursHundredths: record.hours === undefined ? null : hundredths(record.hours),
    subject: record.subject ?? null,
    attributedYear: record.year ?? yearOf(obtainedOn),
    obtainedOn,
    pathway: record.pathway ?? null,
    recognition: record.state === "registered" ? "as-registered" : null,
    assessedOn: record.assessedOn === undefined ? null : localDate(record.assessedOn),
    flags: record.settled ? "settled_later" : "",
    updateTimeMs: instant(`${record.on} 12:00:00`),
  };
}

function freshnessOf(platform: string, scenario: Scenario, knownAtMs: number): PlatformFreshness {
  const written = scenario.platforms[platform];
  if (written === undefined) return { platform, completeUntilMs: knownAtMs, partialSince: false };
  const completeUntilMs = written.completeUntil === "never" ? null : instant(written.completeUntil);
  return { platform, completeUntilMs, partialSince: written.newestPullCutOff };
}

function instant(text: string): number {
  return present(parseInstant(text), text);
}

function localDate(text: string): LocalDate {
  return present(parseLocalDate(text), text);
}

function hundredths(hours: number): number {
  return present(parseHours(hours), String(hours));
}

function present<Value>(value: Value | null, text: string): Value {
  if (value === null) throw new Error(`The scenario says "${text}", which cannot be read.`);
  return value;
}
