import { normaliseResidentId, parseResidentId, type ResidentId } from "./resident-id.ts";

/**
 * Kinds of identity document: resident ids (GB 11643), passports, residence permits of residents of Hong Kong, Macao and
 * Taiwan (港澳台居民居住证) and cards of foreign permanent residents (外国人永久居留身份证).
 */
export const ID_TYPES = [
  "resident-id",
  "passport",
  "hk-macao-taiwan-residence-permit",
  "foreign-permanent-resident-card",
] as const;
export type IdType = (typeof ID_TYPES)[number];

/**
 * A valid number of an identity document, written so that one text names one person: numbers of 18 characters as they
 * are, others after their kind (`passport:E12345678`). Personal data: mask it before it is shown.
 */
export type PersonId = ResidentId | (string & { readonly __personId: unique symbol });

const PERMIT_AREA = /^8[123]0000/;
/** ICAO 9303: at most nine letters and digits; one of five or more with a digit is told from a word. */
const PASSPORT = /^(?=.*\d)[A-Z0-9]{5,9}$/;
/** The card as it was issued until 2023: country by three letters, then twelve digits. */
const OLD_CARD = /^[A-Z]{3}\d{12}$/;

/**
 * The valid number of a document of a kind, or null. The numbers of permits and of cards issued since 2023 are built and
 * checked like resident ids and share their space (国办发〔2018〕81号), so one number is one person under either kind.
 * `detect` takes whichever form fits: a resident id's, an old card's, a passport's; nothing is valid of an unknown kind.
 */
export function parsePersonId(type: IdType | "detect" | "unknown", input: string): PersonId | null {
  switch (type) {
    case "unknown":
      return null;
    case "resident-id":
      return parseResidentId(input);
    case "passport":
      return typed("passport", PASSPORT, input);
    case "hk-macao-taiwan-residence-permit": {
      const permit = parseResidentId(input);
      return permit !== null && PERMIT_AREA.test(permit) ? permit : null;
    }
    case "foreign-permanent-resident-card": {
      const card = parseResidentId(input);
      if (card !== null) return card.startsWith("9") ? card : null;
      return typed("foreign-permanent-resident-card", OLD_CARD, input);
    }
    case "detect":
      return (
        parseResidentId(input) ??
        typed("foreign-permanent-resident-card", OLD_CARD, input) ??
        typed("passport", PASSPORT, input)
      );
  }
}

function typed(type: IdType, form: RegExp, input: string): PersonId | null {
  const number = normaliseResidentId(input).replace(/\s+/gu, "");
  return form.test(number) ? (`${type}:${number}` as PersonId) : null;
}

/** The number without its kind. */
export function numberOf(id: PersonId): string {
  return id.slice(id.indexOf(":") + 1);
}
