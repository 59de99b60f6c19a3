import type { createVault } from "@xueshi/vault";

/** How the records of a filled ledger came: people got some in each of a few rounds, a year's records at a time. */
export const GROWTH = {
  recordsPerPerson: 20,
  /** The records and the entry that says by which name the person is known. */
  entriesPerPerson: 21,
  /** A person's entries stand in as many places of the table, as they do where they came year by year. */
  rounds: 5,
  recordsPerPosting: 1_000,
} as const;

const RECORDS_PER_ROUND = GROWTH.recordsPerPerson / GROWTH.rounds;
export const PEOPLE_PER_POSTING = GROWTH.recordsPerPosting / RECORDS_PER_ROUND;

/** How many people at least so many entries belong to. */
export function peopleOfEntries(entries: number): number {
  return Math.ceil(entries / GROWTH.entriesPerPerson);
}

/** Which of a person's records come in a round: those of one year, so that each round makes balances of its own. */
export function recordsOfRound(round: number): number[] {
  return Array.from({ length: RECORDS_PER_ROUND }, (_, nth) => round + nth * GROWTH.rounds);
}

/** What a thread of the fill is told: the people whose number leaves this remainder are its own. */
export interface FillShare {
  readonly url: string;
  readonly people: number;
  readonly threads: number;
  readonly remainder: number;
  readonly keys: Parameters<typeof createVault>[0];
}
