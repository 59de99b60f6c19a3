import { type Conversion, parseHours, type RecognitionCap, type RecognitionRuleSet } from "@xueshi/domain";
import { citedOf } from "../parse-row.ts";
import { readYaml } from "../read-yaml.ts";
import { checkRecognitionFile } from "./check-recognition-file.ts";
import { type RecognitionFile, recognitionFileSchema } from "./recognition-file-schema.ts";

type ConversionFile = RecognitionFile["conversions"][number];
type LevelFile = NonNullable<ConversionFile["levels"]>[number];

/**
 * Reads the text of a recognition file. `path` names it in errors.
 * Throws RulebookError (`rulebook_invalid`) with file and line of every problem.
 */
export function parseRecognition(text: string, path = "recognition rule set"): RecognitionRuleSet {
  const file = readYaml(text, path, recognitionFileSchema, checkRecognitionFile);
  return {
    id: file.id,
    version: file.version,
    title: file.title,
    place: file.place,
    years: file.years,
    sameAchievement: citedOf(file.sameAchievement),
    conversions: file.conversions.map(conversionOf),
    caps: file.caps.map(capOf),
    ...citedOf(file),
  };
}

function conversionOf(value: ConversionFile): Conversion {
  const { code, title, pathway, subject = null, unit } = value;
  const rule = { code, title, pathway, subject, unit, hours: hoursOf(value), rank: rankOf(value) };
  return { ...rule, ...citedOf(value) };
}

function hoursOf({ givesHours, forUnits = 1, levels = [] }: ConversionFile): Conversion["hours"] {
  if (givesHours === "as-stated") return { kind: "as_stated" };
  if (givesHours === undefined) return { kind: "by_level", levels: levels.map(levelOf) };
  return { kind: "per_units", givesHundredths: hundredths(givesHours), forUnits };
}

function rankOf({ rankShares, firstAuthorExtra }: ConversionFile): Conversion["rank"] {
  if (firstAuthorExtra !== undefined) return { kind: "first_author_extra", levels: firstAuthorExtra.map(levelOf) };
  if (rankShares === undefined) return null;
  const shares = rankShares.map(({ fromRank, untilRank, numerator, denominator, ...rest }) => {
    return { fromRank, untilRank, numerator, denominator, ...citedOf(rest) };
  });
  return { kind: "share", shares };
}

function levelOf({ level, givesHours, ...rest }: LevelFile) {
  return { level, givesHundredths: hundredths(givesHours), ...citedOf(rest) };
}

function capOf({
  id,
  per,
  mostHours,
  pathways,
  conversions,
  ...rest
}: RecognitionFile["caps"][number]): RecognitionCap {
  return {
    id,
    per,
    mostHundredths: hundredths(mostHours),
    ...(pathways !== undefined && { pathways }),
    ...(conversions !== undefined && { conversions }),
    ...citedOf(rest),
  };
}

function hundredths(hours: number): number {
  const parsed = parseHours(hours);
  // The schema has refused such a value; this holds the types together.
  if (parsed === null) throw new RangeError(`${hours} is not a number of hours.`);
  return parsed;
}
