import { daysInclusive, type LocalDate } from "../values/local-date.ts";
import type { Subject } from "../values/subject.ts";
import { compareText, normaliseTitle } from "../values/text.ts";

/** A record that counts, as far as it may be another one's achievement. */
export interface CandidateRecord {
  readonly recordKey: string;
  readonly recordId: string;
  readonly source: string;
  readonly platform: string;
  readonly hoursHundredths: number | null;
  readonly subject: Subject | null;
  readonly obtainedOn: LocalDate | null;
  readonly title: string | null;
}

/** Why two records are likely one achievement. */
export interface CandidateScore {
  /** 0 to 100: the similarity of the titles, less what follows. */
  readonly score: number;
  /** 0 to 100: of the pairs of neighbouring characters in both titles, the share that they have in common (Dice). */
  readonly titleSimilarity: number;
  /** One off the score for each. */
  readonly daysApart: number;
  /** The digits in the titles are others, such as a year or the number of a course: 20 off the score. */
  readonly numbersDiffer: boolean;
  /** 10 off the score. */
  readonly subjectsDiffer: boolean;
}

/** Two records of one person that both count and are likely one achievement; the lower key first. */
export interface Candidate<R extends CandidateRecord> extends CandidateScore {
  readonly records: readonly [R, R];
}

export interface CandidateLimits {
  readonly daysMax: number;
  readonly scoreMin: number;
}

const OFF_FOR_NUMBERS = 20;
const OFF_FOR_SUBJECT = 10;

/**
 * The pairs among one person's records that no rule takes for one achievement and that are likely one: of two sources on
 * one platform of record, with equal hours, obtained within some days, and near titles. By key of the first, then of the
 * second; the same for any order of the records.
 */
export function findCandidates<R extends CandidateRecord>(
  records: readonly R[],
  { daysMax, scoreMin }: CandidateLimits,
): Candidate<R>[] {
  const sorted = records.toSorted((left, right) => compareText(left.recordKey, right.recordKey));
  return sorted.flatMap((left, at) =>
    sorted.slice(at + 1).flatMap((right): Candidate<R>[] => {
      const isComparable =
        left.platform === right.platform &&
        left.source !== right.source &&
        left.hoursHundredths !== null &&
        left.hoursHundredths === right.hoursHundredths;
      if (!isComparable) return [];
      const score = scoreCandidate(left, right);
      if (score === null || score.daysApart > daysMax || score.score < scoreMin) return [];
      return [{ ...score, records: [left, right] }];
    }),
  );
}

/** How likely two records are one achievement; null where a date or both titles say nothing. */
function scoreCandidate(left: CandidateRecord, right: CandidateRecord): CandidateScore | null {
  if (left.obtainedOn === null || right.obtainedOn === null) return null;
  const titles = [titleOf(left), titleOf(right)] as const;
  if (titles.includes("")) return null;
  const days = [left.obtainedOn, right.obtainedOn].sort() as [LocalDate, LocalDate];
  const daysApart = daysInclusive(...days) - 1;
  const titleSimilarity = similarity(...titles);
  const numbersDiffer = numbersOf(titles[0]) !== numbersOf(titles[1]);
  const subjectsDiffer = left.subject !== right.subject;
  const off = daysApart + (numbersDiffer ? OFF_FOR_NUMBERS : 0) + (subjectsDiffer ? OFF_FOR_SUBJECT : 0);
  return { score: Math.max(0, titleSimilarity - off), titleSimilarity, daysApart, numbersDiffer, subjectsDiffer };
}

function titleOf({ title }: CandidateRecord): string {
  return normaliseTitle(title ?? "").toLowerCase();
}

function numbersOf(title: string): string {
  return (title.match(/\d+/g) ?? []).sort().join();
}

/**
 * The Dice coefficient of two texts in hundredths, rounded down: twice the pairs of neighbouring characters that they have
 * in common, by all that they have. Source: L. R. Dice, Measures of the amount of ecologic association between species, 1945.
 */
function similarity(left: string, right: string): number {
  if (left === right) return 100;
  const [ofLeft, ofRight] = [pairsOf(left), pairsOf(right)];
  const all = ofLeft.length + ofRight.length;
  if (all === 0) return 0;
  const rest = new Map<string, number>();
  for (const pair of ofLeft) rest.set(pair, (rest.get(pair) ?? 0) + 1);
  let common = 0;
  for (const pair of ofRight) {
    const count = rest.get(pair) ?? 0;
    if (count === 0) continue;
    rest.set(pair, count - 1);
    common += 1;
  }
  return Math.floor((200 * common) / all);
}

function pairsOf(text: string): string[] {
  const characters = Array.from(text);
  return characters.slice(1).map((character, at) => `${characters[at]}${character}`);
}
