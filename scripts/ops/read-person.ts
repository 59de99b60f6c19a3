import { readFile } from "node:fs/promises";
import { WrongUsage } from "../rules/verb.ts";

/**
 * Whom a verb is about: by a practitioner id, or by a file with `{ "idType": …, "idNumber": … }`. An id number is never an
 * argument, because every user of the machine sees those.
 * @returns the field `practitioner`, or null where neither flag is given; throws `WrongUsage` for a file that is no JSON object
 */
export async function readPerson(flags: {
  readonly practitioner: string | undefined;
  readonly person: string | undefined;
}): Promise<object | null> {
  const { practitioner, person } = flags;
  if (practitioner !== undefined) return { practitionerId: practitioner };
  if (person === undefined) return null;
  const text = await readFile(person, "utf8").catch(() => null);
  if (text === null) throw new WrongUsage(`读不到 ${person}。`, `${person} cannot be read.`);
  const value = parsed(text);
  if (value === null) {
    throw new WrongUsage(
      `${person} 须为 JSON：{"idType":"resident-id","idNumber":"…"}。`,
      `${person} is JSON: {"idType":"resident-id","idNumber":"…"}.`,
    );
  }
  return value;
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
