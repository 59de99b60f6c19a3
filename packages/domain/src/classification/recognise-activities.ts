import { applyRecognitionCaps } from "./apply-recognition-caps.ts";
import { convertActivities } from "./convert-activities.ts";
import type { Activity, RecognisedActivity } from "./recognised-activity.ts";
import type { RecognitionRuleSet } from "./recognition-rule-set.ts";
import { settleSameAchievements } from "./settle-same-achievements.ts";

/**
 * What the activities of one person are worth under one rule set. The order is fixed: convert, then duplicates, then caps;
 * a duplicate must not use up a cap. Every activity has an answer, in the order of completion and ids.
 * Throws a RangeError when two activities have one id.
 */
export function recogniseActivities(
  ruleSet: RecognitionRuleSet,
  activities: readonly Activity[],
): readonly RecognisedActivity[] {
  const ids = new Set<string>();
  for (const { id } of activities) {
    if (ids.has(id)) throw new RangeError(`Two activities have the id "${id}"; ids tell activities apart.`);
    ids.add(id);
  }
  const converted = convertActivities(ruleSet, activities);
  return applyRecognitionCaps(ruleSet, settleSameAchievements(ruleSet, converted));
}
