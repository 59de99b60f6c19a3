import type { CompiledAnsweredRule } from "./compile-rule.ts";
import type { CapRule } from "./requirement-rule.ts";

/** How far one cap is used up. */
export interface CapUse {
  readonly rule: CapRule;
  readonly bit: number;
  /** By study year for a cap per year; one number for the window; not used for an item. */
  readonly usedHundredths: number[];
  countedHundredths: number;
  cutHundredths: number;
}

export interface Cut {
  readonly hundredths: number;
  /** The cap that left the least; of equal ones the first. */
  readonly ruleId: string | null;
}

const NONE: CapUse[] = [];

export function startCaps(row: CompiledAnsweredRule, years: number): CapUse[] {
  if (row.caps.length === 0) return NONE;
  return row.caps.map(({ rule, selection }) => ({
    rule,
    bit: 1 << selection,
    usedHundredths: new Array<number>(rule.per === "year" ? years : 1).fill(0),
    countedHundredths: 0,
    cutHundredths: 0,
  }));
}

/**
 * Cuts one record by every cap of a selection that it is in, in the order of the caps, each on what those before it
 * left; a cap is used up only by hours that every later one let pass.
 */
export function cutByCaps(caps: readonly CapUse[], bits: number, hoursHundredths: number, yearIndex: number): Cut {
  let left = hoursHundredths;
  let ruleId: string | null = null;
  for (const cap of caps) {
    if ((bits & cap.bit) === 0) continue;
    const room = Math.max(0, cap.rule.mostHundredths - usedOf(cap, yearIndex));
    if (left <= room) continue;
    cap.cutHundredths += left - room;
    left = room;
    ruleId = cap.rule.id;
  }
  for (const cap of caps) {
    if ((bits & cap.bit) === 0) continue;
    cap.countedHundredths += left;
    if (cap.rule.per !== "item") {
      const cell = cap.rule.per === "year" ? yearIndex : 0;
      cap.usedHundredths[cell] = (cap.usedHundredths[cell] ?? 0) + left;
    }
  }
  return { hundredths: hoursHundredths - left, ruleId };
}

function usedOf({ rule, usedHundredths }: CapUse, yearIndex: number): number {
  if (rule.per === "item") return 0;
  return usedHundredths[rule.per === "year" ? yearIndex : 0] ?? 0;
}
