import { sourceOf } from "../values/citation.ts";
import { compareText } from "../values/text.ts";
import type { RecognisedActivity } from "./recognised-activity.ts";
import type { RecognitionRuleSet } from "./recognition-rule-set.ts";

/**
 * The second step of recognition: of one achievement the activity of the highest value counts, of equal ones that of the
 * lowest id; the others are `duplicate_achievement`. What is refused counts nowhere and stands in nobody's way.
 */
export function settleSameAchievements(
  ruleSet: RecognitionRuleSet,
  recognised: readonly RecognisedActivity[],
): readonly RecognisedActivity[] {
  const best = new Map<string, RecognisedActivity>();
  for (const each of recognised) {
    const key = keyOf(each);
    if (key === null) continue;
    const holder = best.get(key);
    if (holder === undefined || outranks(each, holder)) best.set(key, each);
  }
  return recognised.map((each) => {
    const key = keyOf(each);
    const holder = key === null ? each : (best.get(key) ?? each);
    if (holder === each) return each;
    const rule = { step: "same_achievement", countsInstead: holder.activity.id } as const;
    return {
      ...each,
      recognisedHundredths: 0,
      code: "duplicate_achievement",
      trace: [...each.trace, { ...rule, ...sourceOf(ruleSet.sameAchievement), hoursHundredths: 0 }],
    };
  });
}

function keyOf({ activity, valueHundredths }: RecognisedActivity): string | null {
  return valueHundredths === 0 ? null : activity.achievementKey;
}

function outranks(challenger: RecognisedActivity, holder: RecognisedActivity): boolean {
  const difference = challenger.valueHundredths - holder.valueHundredths;
  return difference === 0 ? compareText(challenger.activity.id, holder.activity.id) < 0 : difference > 0;
}
