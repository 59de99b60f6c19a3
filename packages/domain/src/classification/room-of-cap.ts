import type { Activity, RecognitionRefusal } from "./recognised-activity.ts";
import type { Conversion, RecognitionCap } from "./recognition-rule-set.ts";

/** Hundredths of a day in one day. */
const DAY = 100;

/** Whether a cap is about the activities of a conversion. */
export function isAbout({ pathways, conversions }: RecognitionCap, { code, pathway }: Conversion): boolean {
  return (pathways?.includes(pathway) ?? true) && (conversions?.includes(code) ?? true);
}

/**
 * The most hours that a cap leaves for the sum that an activity is in, in hundredths. A cap per day is as many times its
 * hours as the activity has days: those of its unit where that is a day or half of one, else those it states.
 */
export function roomOfCap(
  cap: RecognitionCap,
  { unit }: Conversion,
  { quantityHundredths, daysHundredths }: Activity,
): number | RecognitionRefusal {
  if (cap.per !== "day") return cap.mostHundredths;
  const tellsDays = unit === "day" || unit === "half-day";
  const days = tellsDays ? quantityHundredths : daysHundredths;
  if (days === null) return "days_missing";
  const product = cap.mostHundredths * days;
  if (!Number.isSafeInteger(days) || days <= 0 || !Number.isSafeInteger(product)) return "days_invalid";
  const divisor = unit === "half-day" ? DAY * 2 : DAY;
  return product % divisor === 0 ? product / divisor : "quantity_needs_rounding";
}
