import { randomBytes } from "node:crypto";

const PERSON_BYTES = 16;
const RANDOM_BYTES = 16;

/**
 * A new id for a kept verdict: the person's id and 128 random bits, as base64url. It cannot be guessed, and the verdict
 * is found by its primary key on whichever node holds the person.
 */
export function createVerdictId(practitionerId: string): string {
  const person = Buffer.from(practitionerId.replaceAll("-", ""), "hex");
  return Buffer.concat([person, randomBytes(RANDOM_BYTES)]).toString("base64url");
}

/** The person that a verdict id of 43 characters is about. */
export function practitionerIdOfVerdict(verdictId: string): string {
  const hex = Buffer.from(verdictId, "base64url").toString("hex", 0, PERSON_BYTES);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
