import { sourceOf } from "../values/citation.ts";
import { HOURS_HUNDREDTHS_MAX } from "../values/hours.ts";
import type { Activity, RecognisedActivity, RecognitionRefusal, RecognitionStep } from "./recognised-activity.ts";
import type { Conversion, RankRule, RecognitionRuleSet } from "./recognition-rule-set.ts";
import { isAbout, roomOfCap } from "./room-of-cap.ts";

/** Hundredths in one whole: of a unit, of an hour. */
const WHOLE = 100;

type Refused = { readonly refused: RecognitionRefusal; readonly trace: readonly RecognitionStep[] };
type UnfinishedStep = RecognitionStep extends infer Step
  ? Step extends RecognitionStep
    ? Omit<Step, "hoursHundredths">
    : never
  : never;
type Converted = { readonly hoursHundredths: number; readonly trace: readonly RecognitionStep[] };

/**
 * The first step of recognition: what each activity is worth by itself, or the code by which it is refused. No result is
 * rounded; one that would have to be is refused.
 */
export function convertActivities(
  ruleSet: RecognitionRuleSet,
  activities: readonly Activity[],
): readonly RecognisedActivity[] {
  const byCode = new Map(ruleSet.conversions.map((conversion) => [conversion.code, conversion]));
  return activities.map((activity) => {
    const conversion = byCode.get(activity.conversion) ?? null;
    const result = convert(ruleSet, conversion, activity);
    const hoursHundredths = "refused" in result ? 0 : result.hoursHundredths;
    return {
      ruleSetId: ruleSet.id,
      ruleSetVersion: ruleSet.version,
      activity,
      valueHundredths: hoursHundredths,
      recognisedHundredths: hoursHundredths,
      subject: conversion?.subject ?? activity.subject,
      year: activity.attributedYear,
      pathway: conversion?.pathway ?? null,
      code: "refused" in result ? result.refused : null,
      trace: result.trace,
    };
  });
}

function convert(
  { years, caps }: RecognitionRuleSet,
  conversion: Conversion | null,
  activity: Activity,
): Converted | Refused {
  const { attributedYear } = activity;
  if (years !== null && (attributedYear < years.from || attributedYear > years.until)) {
    return refuse("year_outside_rules");
  }
  if (conversion === null) return refuse("conversion_unknown");
  const badQuantity = quantityRefusal(conversion, activity.quantityHundredths);
  if (badQuantity !== null) return refuse(badQuantity);
  for (const cap of caps.filter((each) => isAbout(each, conversion))) {
    const room = roomOfCap(cap, conversion, activity);
    if (typeof room !== "number") return refuse(room);
  }
  const converted = applyHours(conversion, activity);
  if ("refused" in converted || conversion.rank === null) return bounded(converted);
  return bounded(applyRank(conversion.rank, converted, activity));
}

function quantityRefusal({ unit }: Conversion, quantityHundredths: number): RecognitionRefusal | null {
  if (!isAmount(quantityHundredths)) return "quantity_invalid";
  if (unit === "item") return quantityHundredths === WHOLE ? null : "quantity_not_one";
  if (unit !== "subject" && unit !== "study-year") return null;
  return quantityHundredths % WHOLE === 0 ? null : "quantity_not_whole";
}

function applyHours(conversion: Conversion, activity: Activity): Converted | Refused {
  const { hours, unit } = conversion;
  const { quantityHundredths, level } = activity;
  if (hours.kind === "as_stated") {
    const stated = { step: "conversion", unit, givesHundredths: null, forUnits: 1, level: null } as const;
    return {
      hoursHundredths: quantityHundredths,
      trace: [{ ...stated, ...sourceOf(conversion), hoursHundredths: quantityHundredths }],
    };
  }
  if (hours.kind === "by_level" && level === null) return refuse("level_missing");
  const ofLevel = hours.kind === "by_level" ? hours.levels.find((each) => each.level === level) : undefined;
  if (hours.kind === "by_level" && ofLevel === undefined) return refuse("level_unknown");
  const forUnits = hours.kind === "per_units" ? hours.forUnits : 1;
  const givesHundredths = hours.kind === "per_units" ? hours.givesHundredths : (ofLevel?.givesHundredths ?? 0);
  return divided([], quantityHundredths * givesHundredths, forUnits * WHOLE, {
    step: "conversion",
    unit,
    givesHundredths,
    forUnits,
    level: ofLevel?.level ?? null,
    ...sourceOf(ofLevel ?? conversion),
  });
}

function applyRank(rule: RankRule, { hoursHundredths, trace }: Converted, activity: Activity): Converted | Refused {
  const { rank, level } = activity;
  if (rank === null) return refuse("rank_missing", trace);
  if (!Number.isInteger(rank) || rank < 1) return refuse("rank_unknown", trace);
  if (rule.kind === "share") {
    const share = rule.shares.find(
      ({ fromRank, untilRank }) => rank >= fromRank && (untilRank === null || rank <= untilRank),
    );
    if (share === undefined) return refuse("rank_unknown", trace);
    const { numerator, denominator } = share;
    const step = { step: "rank_share", rank, numerator, denominator, ...sourceOf(share) } as const;
    return divided(trace, hoursHundredths * numerator, denominator, step);
  }
  if (rank !== 1) return { hoursHundredths, trace };
  const extra = rule.levels.find((each) => each.level === level);
  // A level without an extra has none; that the level itself is known was decided by the hours.
  if (extra === undefined) return { hoursHundredths, trace };
  const sum = hoursHundredths + extra.givesHundredths;
  const step = { step: "first_author_extra", extraHundredths: extra.givesHundredths, ...sourceOf(extra) } as const;
  return { hoursHundredths: sum, trace: [...trace, { ...step, hoursHundredths: sum }] };
}

/** One division of whole numbers as a step: refused where it leaves a rest, or where its dividend is no safe integer. */
function divided(
  trace: readonly RecognitionStep[],
  dividend: number,
  divisor: number,
  rule: UnfinishedStep,
): Converted | Refused {
  if (!Number.isSafeInteger(dividend)) return refuse("quantity_invalid", trace);
  const hoursHundredths = dividend % divisor === 0 ? dividend / divisor : null;
  const steps = [...trace, { ...rule, hoursHundredths }];
  return hoursHundredths === null ? refuse("quantity_needs_rounding", steps) : { hoursHundredths, trace: steps };
}

function bounded(result: Converted | Refused): Converted | Refused {
  if ("refused" in result || isAmount(result.hoursHundredths)) return result;
  return refuse("quantity_invalid", result.trace);
}

function isAmount(hundredths: number): boolean {
  return Number.isSafeInteger(hundredths) && hundredths > 0 && hundredths <= HOURS_HUNDREDTHS_MAX;
}

function refuse(refused: RecognitionRefusal, trace: readonly RecognitionStep[] = []): Refused {
  return { refused, trace };
}
