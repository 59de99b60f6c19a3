import { AS_REGISTERED } from "@xueshi/domain";
import type { ValuePath, ValueProblem } from "../read-yaml.ts";
import { VOCABULARY } from "../vocabulary.ts";
import type { RecognitionFile } from "./recognition-file-schema.ts";

type ConversionFile = RecognitionFile["conversions"][number];

/** What is wrong between the values of one recognition file: hours said twice or not at all, ranks left open, dead caps. */
export function checkRecognitionFile(file: RecognitionFile): ValueProblem[] {
  return [
    ...checkHead(file),
    ...repeated(
      file.conversions.map(({ code }) => code),
      (index) => ["conversions", index, "code"],
    ),
    ...repeated(
      file.caps.map(({ id }) => id),
      (index) => ["caps", index, "id"],
    ),
    ...file.conversions.flatMap((conversion, index) => checkConversion(conversion, ["conversions", index])),
    ...checkCaps(file),
  ];
}

function checkHead({ id, place, years }: RecognitionFile): ValueProblem[] {
  const problems: ValueProblem[] = [];
  if (id === AS_REGISTERED) {
    problems.push({ at: ["id"], message: `"${AS_REGISTERED}" means hours as a platform registered them` });
  }
  if (!VOCABULARY.places.some((term) => term.code === place)) {
    problems.push({ at: ["place"], message: `place "${place}" is not in the vocabulary` });
  }
  if (years !== null && years.from > years.until) {
    problems.push({ at: ["years"], message: "from must not be after until" });
  }
  return problems;
}

function checkConversion(conversion: ConversionFile, at: ValuePath): ValueProblem[] {
  const { unit, givesHours, forUnits, levels, firstAuthorExtra, rankShares } = conversion;
  const problems: ValueProblem[] = [];
  if ((givesHours === undefined) === (levels === undefined)) {
    problems.push({ at, message: "must say either givesHours or levels" });
  }
  if ((unit === "hour") !== (givesHours === "as-stated")) {
    problems.push({ at: [...at, "unit"], message: "hour is the unit of givesHours: as-stated, and of nothing else" });
  }
  if (forUnits !== undefined && typeof givesHours !== "number") {
    problems.push({ at: [...at, "forUnits"], message: "needs givesHours as a number" });
  }
  problems.push(
    ...repeated(
      (levels ?? []).map(({ level }) => level),
      (index) => [...at, "levels", index, "level"],
    ),
    ...repeated(
      (firstAuthorExtra ?? []).map(({ level }) => level),
      (index) => [...at, "firstAuthorExtra", index, "level"],
    ),
  );
  firstAuthorExtra?.forEach(({ level }, index) => {
    if (levels?.some((each) => each.level === level)) return;
    const message = `level "${level}" is not among the levels of this conversion`;
    problems.push({ at: [...at, "firstAuthorExtra", index, "level"], message });
  });
  if (rankShares !== undefined && firstAuthorExtra !== undefined) {
    problems.push({ at: [...at, "rankShares"], message: "the rank decides either a share or an extra" });
  }
  return [...problems, ...checkShares(rankShares ?? [], [...at, "rankShares"])];
}

/** Ranks must follow one another from 1, so that no rank has two shares and none between two is left out. */
function checkShares(shares: NonNullable<ConversionFile["rankShares"]>, at: ValuePath): ValueProblem[] {
  const problems: ValueProblem[] = [];
  let next: number | null = 1;
  shares.forEach((share, index) => {
    const { fromRank, untilRank, numerator, denominator } = share;
    if (fromRank !== next) {
      const message = next === null ? "an earlier share is for every rank from there on" : `must be ${next}`;
      problems.push({ at: [...at, index, "fromRank"], message });
    }
    if (untilRank !== null && untilRank < fromRank) {
      problems.push({ at: [...at, index, "untilRank"], message: "must not be before fromRank" });
    }
    if (numerator > denominator) {
      problems.push({ at: [...at, index], message: "a share must not be more than the whole" });
    }
    next = untilRank === null ? null : untilRank + 1;
  });
  return problems;
}

function checkCaps({ caps, conversions }: RecognitionFile): ValueProblem[] {
  const pathways = conversions.map(({ pathway }) => pathway);
  const codes = conversions.map(({ code }) => code);
  return caps.flatMap((cap, index) => [
    ...(cap.pathways ?? []).flatMap((pathway, position) =>
      unknown(pathways, pathway, "pathway", ["caps", index, "pathways", position]),
    ),
    ...(cap.conversions ?? []).flatMap((code, position) =>
      unknown(codes, code, "conversion", ["caps", index, "conversions", position]),
    ),
  ]);
}

function unknown(known: readonly string[], word: string, what: string, at: ValuePath): ValueProblem[] {
  return known.includes(word) ? [] : [{ at, message: `no conversion of this file has the ${what} "${word}"` }];
}

function repeated(words: readonly string[], at: (index: number) => ValuePath): ValueProblem[] {
  return words.flatMap((word, index) =>
    words.indexOf(word) === index ? [] : [{ at: at(index), message: `"${word}" stands twice` }],
  );
}
