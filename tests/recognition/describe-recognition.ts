import {
  type Activity,
  formatHours,
  hoursToNumber,
  type LocalDate,
  parseHours,
  parseLocalDate,
  type RecognisedActivity,
  type RecognitionRuleSet,
  recogniseActivities,
  totalsOf,
} from "@xueshi/domain";
import type { CaseActivity, RecognitionCase } from "./case-file.ts";

type Recognise = typeof recogniseActivities;
type Step = RecognisedActivity["trace"][number];

/** The answers to a case in the words of its `expect`; of a rule set that is not there, none. */
export function describeCase(
  { activities, expect }: RecognitionCase,
  ruleSets: readonly RecognitionRuleSet[],
  recognise: Recognise = recogniseActivities,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(expect).map((id) => {
      const ruleSet = ruleSets.find((each) => each.id === id);
      if (ruleSet === undefined) throw new Error(`The case asks for the rule set "${id}", which is not on file.`);
      return [id, describe(recognise(ruleSet, activities.map(activityOf)))];
    }),
  );
}

/** What a case expects, in the same form. */
export function expectedOf({ expect }: RecognitionCase): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(expect).map(([id, { activities, totals }]) => {
      const filled = Object.entries(activities).map(([key, each]) => [key, { ...each, of: each.of ?? each.hours }]);
      return [id, { activities: Object.fromEntries(filled), totals }];
    }),
  );
}

function describe(recognised: readonly RecognisedActivity[]) {
  const activities = recognised.map(({ activity, recognisedHundredths, valueHundredths, code, trace }) => {
    const [hours, of] = [hoursToNumber(recognisedHundredths), hoursToNumber(valueHundredths)];
    return [activity.id, { hours, of, code, workings: trace.map((step) => wordsOf(step, activity)).join("; ") }];
  });
  const totals = totalsOf(recognised).map(({ year, subject, recognisedHundredths }) => {
    return [`${year} ${subject ?? "no subject"}`, hoursToNumber(recognisedHundredths)];
  });
  return { activities: Object.fromEntries(activities), totals: Object.fromEntries(totals) };
}

function wordsOf(step: Step, activity: Activity): string {
  const after = step.hoursHundredths === null ? "needs rounding" : formatHours(step.hoursHundredths);
  return `${ruleWords(step, activity)} = ${after}`;
}

function ruleWords(step: Step, { quantityHundredths }: Activity): string {
  switch (step.step) {
    case "conversion": {
      if (step.givesHundredths === null) return "as stated";
      const unit = step.forUnits === 1 ? step.unit : `${step.forUnits} ${step.unit}`;
      const level = step.level === null ? "" : ` ${step.level}`;
      return `${formatHours(step.givesHundredths)} per ${unit}${level} × ${formatHours(quantityHundredths)}`;
    }
    case "rank_share":
      return `rank ${step.rank} × ${step.numerator}/${step.denominator}`;
    case "first_author_extra":
      return `first author + ${formatHours(step.extraHundredths)}`;
    case "same_achievement":
      return `${step.countsInstead} counts instead`;
    case "cap":
      return `${step.capId} ${formatHours(step.mostHundredths)} per ${step.per}, ${formatHours(step.leftHundredths)} left`;
  }
}

function activityOf(written: CaseActivity): Activity {
  const { id, conversion, quantity, days, level, rank, achievement, on, year, subject } = written;
  return {
    id,
    conversion,
    quantityHundredths: hundredths(quantity),
    daysHundredths: days === undefined ? null : hundredths(days),
    level: level ?? null,
    rank: rank ?? null,
    title: id,
    achievementKey: achievement ?? null,
    completedOn: localDate(on),
    attributedYear: year ?? Number(on.slice(0, 4)),
    subject: subject ?? null,
  };
}

function localDate(text: string): LocalDate {
  const date = parseLocalDate(text);
  if (date === null) throw new Error(`The case says "${text}", which is no date.`);
  return date;
}

function hundredths(quantity: number): number {
  const parsed = parseHours(quantity);
  if (parsed === null) throw new Error(`The case says ${quantity}, which is no quantity.`);
  return parsed;
}
