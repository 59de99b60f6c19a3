import { formatHours, hoursToNumber, type MissingHours, type MissingItem } from "@xueshi/domain";
import { renderText } from "../catalogue/render-text.ts";
import { MISSING_TEXTS } from "../catalogue/verdicts.ts";
import type { Language } from "../language.ts";
import type { VerdictResponse } from "../schemas/verdict.ts";
import { titleOf } from "./present-requirement.ts";

/** The least that is missing, as JSON and as a sentence. */
export function presentMissing(missing: MissingHours, language: Language): NonNullable<VerdictResponse["missing"]> {
  const { isPossible, items, totalHundredths } = missing;
  const listed = items.map((item) => itemText(item, language)).join(language === "en" ? ", " : "；");
  const template = isPossible ? MISSING_TEXTS.possible : MISSING_TEXTS.too_late;
  return {
    possible: isPossible,
    hours: hoursToNumber(totalHundredths),
    items: items.map((item) => ({
      hours: hoursToNumber(item.hoursHundredths),
      subject: item.subject,
      ...(item.pathway !== null && { pathway: item.pathway }),
      ...(item.assessed && { assessed: item.assessed }),
      ...(item.mostPerItemHundredths !== null && { mostPerItem: hoursToNumber(item.mostPerItemHundredths) }),
      year: item.year,
      from: item.from,
      until: item.until,
    })),
    message: renderText(template[language], { hours: formatHours(totalHundredths), items: listed }),
  };
}

function itemText({ hoursHundredths, subject, pathway, assessed, until }: MissingItem, language: Language): string {
  const title = titleOf(
    {
      subjects: [subject],
      ...(pathway !== null && { pathways: [pathway] }),
      ...(assessed && { assessed }),
    },
    language,
  );
  return renderText(MISSING_TEXTS.item[language], { title, hours: formatHours(hoursHundredths), until });
}
