import { sourceOf } from "../values/citation.ts";
import { compareText } from "../values/text.ts";
import type { RecognisedActivity } from "./recognised-activity.ts";
import {
  type Conversion,
  RECOGNITION_CAP_PERIODS,
  type RecognitionCap,
  type RecognitionRuleSet,
} from "./recognition-rule-set.ts";
import { isAbout, roomOfCap } from "./room-of-cap.ts";

/**
 * The last step of recognition: caps per item, per day, per pathway and year, and per year, in this order; of one kind in
 * the order of the rule set. Each is used up by what those before it left, earliest completion first, then lowest id.
 * The answer is in that order of activities.
 */
export function applyRecognitionCaps(
  ruleSet: RecognitionRuleSet,
  recognised: readonly RecognisedActivity[],
): readonly RecognisedActivity[] {
  const inOrder = recognised.toSorted(
    (left, right) =>
      compareText(left.activity.completedOn, right.activity.completedOn) ||
      compareText(left.activity.id, right.activity.id),
  );
  const byCode = new Map(ruleSet.conversions.map((conversion) => [conversion.code, conversion]));
  const caps = RECOGNITION_CAP_PERIODS.flatMap((per) => ruleSet.caps.filter((cap) => cap.per === per));
  return caps.reduce<readonly RecognisedActivity[]>((list, cap) => applyCap(byCode, cap, list), inOrder);
}

function applyCap(
  byCode: ReadonlyMap<string, Conversion>,
  cap: RecognitionCap,
  recognised: readonly RecognisedActivity[],
): readonly RecognisedActivity[] {
  const usedHundredths = new Map<string, number>();
  return recognised.map((each) => {
    const conversion = byCode.get(each.activity.conversion);
    if (conversion === undefined || !isAbout(cap, conversion) || countsNowhere(each)) return each;
    const room = roomOfCap(cap, conversion, each.activity);
    // Conversion has refused what a cap per day cannot be told for.
    if (typeof room !== "number") return each;
    const sum = sumKey(cap, each);
    const used = usedHundredths.get(sum) ?? 0;
    const leftHundredths = room - used;
    const hoursHundredths = Math.min(each.recognisedHundredths, leftHundredths);
    usedHundredths.set(sum, used + hoursHundredths);
    const { id, per, mostHundredths } = cap;
    const rule = { step: "cap", capId: id, per, mostHundredths, leftHundredths } as const;
    return {
      ...each,
      recognisedHundredths: hoursHundredths,
      code: hoursHundredths < each.recognisedHundredths ? "over_cap" : each.code,
      trace: [...each.trace, { ...rule, ...sourceOf(cap), hoursHundredths }],
    };
  });
}

/** What is refused or a duplicate has nothing to cut, and uses up no cap. */
function countsNowhere({ code }: RecognisedActivity): boolean {
  return code !== null && code !== "over_cap";
}

/** Activities whose hours a cap adds up before it cuts. */
function sumKey({ per }: RecognitionCap, { activity, pathway, year }: RecognisedActivity): string {
  switch (per) {
    case "item":
    case "day":
      return activity.id;
    case "pathway-year":
      return `${year} ${pathway}`;
    case "year":
      return `${year}`;
  }
}
