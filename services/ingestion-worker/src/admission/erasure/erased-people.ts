import { readSealedPeople, readTraces } from "@xueshi/database";
import { numberOf, type PersonId } from "@xueshi/domain";
import type { IngestionContext } from "../../ingestion-context.ts";
import type { SaidOfRow, WhoseRow } from "./erase-raw-rows.ts";

/** By what rows of people who are erased are known. */
export interface ErasedPeople {
  readonly whose: (said: SaidOfRow) => WhoseRow;
  readonly recordKeys: ReadonlySet<string>;
  /** Whether a text says their id, in whatever width or case. */
  readonly isNamedIn: (text: string) => boolean;
}

/** Shorter numbers, as of some passports, may stand in a text by chance. */
const DISTINCT_DIGITS_MIN = 15;

/**
 * A row is a person's where it says the person's id, where it is of a record of theirs and its id cannot be read, and where it
 * says the id in whatever other place.
 */
export async function readErasedPeople(
  { sql, vault }: Pick<IngestionContext, "sql" | "vault">,
  practitionerIds: readonly string[],
): Promise<ErasedPeople> {
  const people = new Set(practitionerIds);
  const [sealed, { recordKeys: keys }] = [
    await readSealedPeople(sql, practitionerIds),
    await readTraces(sql, practitionerIds),
  ];
  const recordKeys = new Set(keys);
  const numbers = sealed
    .map((one) => numberOf(vault.openPerson(one).id as PersonId))
    .filter((number) => number.length >= DISTINCT_DIGITS_MIN);
  const isNamedIn = (text: string) => {
    const plain = text.normalize("NFKC").toUpperCase();
    return numbers.some((number) => plain.includes(number));
  };
  return {
    recordKeys,
    isNamedIn,
    whose({ practitionerId, recordKey, row }) {
      if (practitionerId === null ? recordKeys.has(recordKey ?? "") : people.has(practitionerId)) return "theirs";
      if (!isNamedIn(wordsOf(row))) return "others";
      return practitionerId === null ? "theirs" : "names";
    },
  };
}

/** What a row says, as text; a line that was no text is kept as bytes, in which digits are what they are in ASCII. */
function wordsOf(row: unknown): string {
  const isBytes = typeof row === "object" && row !== null && "base64" in row && typeof row.base64 === "string";
  const bytes = isBytes ? Buffer.from(row.base64 as string, "base64").toString("latin1") : "";
  return `${JSON.stringify(row)}\n${bytes}`;
}
