import { PeopleNotLocked } from "./read-changes.ts";

/** A record may have moved between people while we looked; each round locks the ones that turned up. */
const LOCK_ROUNDS_MAX = 5;

/**
 * Runs a posting, again with the people added that it found not locked. A round that is given up has changed nothing.
 * Throws PeopleNotLocked when people still turn up after five rounds.
 */
export async function lockMorePeople<T>(run: (extraPeople: readonly string[]) => Promise<T>): Promise<T> {
  let extraPeople: readonly string[] = [];
  for (let round = 1; ; round += 1) {
    try {
      return await run(extraPeople);
    } catch (error) {
      if (!(error instanceof PeopleNotLocked) || round >= LOCK_ROUNDS_MAX) throw error;
      extraPeople = [...extraPeople, ...error.practitionerIds];
    }
  }
}
