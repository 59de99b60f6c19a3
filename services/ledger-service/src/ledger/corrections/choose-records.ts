import { LIMITS } from "@xueshi/contracts";
import {
  type FittingVersion,
  readBatch,
  readErased,
  readFittingVersions,
  readOwnerships,
  readPostedStandings,
  readRecordSlice,
  type Sql,
  type Transaction,
  type VersionFilter,
} from "@xueshi/database";
import { MAIN_SLOT } from "@xueshi/domain";
import { HttpProblem } from "@xueshi/http";

/** Versions that one statement looks at: bounds how long it takes, whatever is stored. */
const VERSIONS_PER_SLICE = 50_000;
const KEY_BEFORE_ALL = "00000000-0000-0000-0000-000000000000";

/**
 * The records whose standing version says what a filter asks for, by key, sorted. Every version of a slice is looked at,
 * and then how its record stands. Throws `correction_too_large` beyond the most that one correction may name.
 */
export async function chooseRecords(tx: Transaction, filter: VersionFilter): Promise<string[]> {
  const chosen: string[] = [];
  const take = async (found: readonly FittingVersion[]): Promise<void> => {
    chosen.push(...(await standingAmong(tx, found, filter.platform)));
    if (chosen.length > LIMITS.correctionRecordsMax) throw new HttpProblem("correction_too_large");
  };
  if (filter.batchId !== undefined) {
    const batch = await readBatch(tx as unknown as Sql, filter.batchId);
    await take(await readFittingVersions(tx, filter, { recordKeys: batch?.recordKeys ?? [] }));
    return chosen.sort();
  }
  for (let afterKey: string | null = KEY_BEFORE_ALL; afterKey !== null; ) {
    const slice = await readRecordSlice(tx, afterKey, VERSIONS_PER_SLICE);
    await take(await readFittingVersions(tx, filter, slice));
    afterKey = slice.lastKey;
  }
  return chosen.sort();
}

/** Those of some versions that stand in the ledger, on a platform of record where one is asked for. */
async function standingAmong(
  tx: Transaction,
  found: readonly FittingVersion[],
  platform: string | undefined,
): Promise<string[]> {
  if (found.length === 0) return [];
  const people = [...new Set(found.map(({ practitionerId }) => practitionerId))];
  const ownerships = await readOwnerships(tx, people);
  const pairs = found.flatMap(({ recordKey, practitionerId }) =>
    [practitionerId, ...(ownerships.get(practitionerId)?.ever ?? [])].map((person) => ({
      practitionerId: person,
      recordKey,
    })),
  );
  const posted = await readPostedStandings(tx, distinct(pairs));
  const contentOf = new Map(
    posted
      .filter((one) => one.slot === MAIN_SLOT && (platform === undefined || one.platform === platform))
      .map(({ recordKey, sourceDigest }) => [recordKey, sourceDigest]),
  );
  const erased = await readErased(tx, [...new Set(pairs.map(({ practitionerId }) => practitionerId))]);
  const standing = found.filter(
    (one) => contentOf.get(one.recordKey) === one.contentDigest && !erased.has(one.practitionerId),
  );
  return [...new Set(standing.map(({ recordKey }) => recordKey))];
}

function distinct<P extends { practitionerId: string; recordKey: string }>(pairs: readonly P[]): P[] {
  return [...new Map(pairs.map((pair) => [`${pair.practitionerId}/${pair.recordKey}`, pair])).values()];
}
