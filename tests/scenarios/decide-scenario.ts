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
import type { Scenario, ScenarioRecord } from "./scenario-file.ts";

const PLATFORMS = ["quzhou-city", "zj-industry", "zj-natural-resources"];

/** The verdict of a scenario under a rule set; `declaration` is what its file says for all of its scenarios. */
export function decideScenario(scenario: Scenario, declaration: Declaration, ruleSet: RuleSet): Verdict {
  const knownAtMs = instant(scenario.knownAt);
  const activated: ActivatedRuleSet = {
    ruleSet,
    digest: "0".repeat(64),
    activatedAtMs: instant(scenario.rulesActivated),
  };
  return decideVerdict({
    declaration: { ...declaration, ...withoutUndefined(scenario.declaration) },
    asOf: localDate(scenario.asOf),
    knownAtMs,
    nowMs: scenario.now === undefined ? knownAtMs : instant(scenario.now),
    declaredNameDigest: scenario.nameGiven,
    person: {
      records: scenario.records.map(projectedRecord),
      nameDigest: scenario.nameKnown,
      sequence: scenario.records.length,
      head: "head",
    },
    freshness: PLATFORMS.map((platform) => freshnessOf(platform, scenario, knownAtMs)),
    ruleSets: [activated],
  });
}

/** A scenario's record as the ledger's projection would hand it to a verdict. */
export function projectedRecord(record: ScenarioRecord): ProjectedRecord {
  const obtainedOn = localDate(record.on);
  return {
    recordKey: record.id,
    slot: record.row,
    recordId: record.id,
    source: record.source ?? record.platform,
    platform: record.platform,
    state: record.state,
    code: record.code,
    hoursHundredths: record.hours === undefined ? null : hundredths(record.hours),
    subject: record.subject ?? null,
    attributedYear: record.year ?? yearOf(obtainedOn),
    obtainedOn,
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

function withoutUndefined(overrides: Scenario["declaration"]): Partial<Declaration> {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}
