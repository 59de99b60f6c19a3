import type { Sql } from "@xueshi/database";
import { readLedger } from "./read-ledger.ts";

/**
 * How everything stands, in lines that do not depend on how it came to be: each record of each person with what its
 * entry says, the balances that are not nothing, and by which name each person with an admitted record is known.
 */
export async function readStandingLines(sql: Sql): Promise<string[]> {
  const { entries, states, balances, knownNames } = await readLedger(sql);
  const byPlace = new Map(entries.map((entry) => [`${entry.practitionerId}/${entry.sequence}`, entry]));
  const lines = states.map(({ practitionerId, sequence, recordKey, slot, state }) => {
    const entry = byPlace.get(`${practitionerId}/${sequence}`);
    if (entry === undefined) throw new Error("a state has its entry");
    const { code, hoursHundredths, subject, attributedYear, obtainedOn, platform, title, flags, pathway } = entry;
    const said = [state, code, hoursHundredths, subject, attributedYear, obtainedOn, platform, title, flags, pathway];
    return `${practitionerId} ${recordKey} ${slot.split("-")[0]} ${JSON.stringify(said)}`;
  });
  for (const { key, hoursHundredths } of balances) if (hoursHundredths !== 0) lines.push(`${key} = ${hoursHundredths}`);
  const admitted = states.filter(({ state }) => state !== "refused");
  const people = new Set(admitted.map(({ practitionerId }) => practitionerId));
  for (const [person, digest] of knownNames) if (people.has(person)) lines.push(`${person} is ${digest}`);
  // What tells refused contents of one record apart is nothing that the ledger keeps.
  return [...new Set(lines)].sort();
}
