import { readOwnerships, readRecordOwners, readStatesOfRecords } from "@xueshi/database";
import type { RecordState } from "@xueshi/domain";
import type { IngestionContext } from "../../ingestion-context.ts";

/**
 * In which state records are, by record key, in whoever's chain they stand: a correction may name another person than the
 * row did, and the records of somebody whose id was wrong are another's. Those that are not posted yet are missing.
 */
export async function readStates(
  { sql }: Pick<IngestionContext, "sql">,
  recordKeys: readonly string[],
): Promise<ReadonlyMap<string, RecordState>> {
  const owners = await readRecordOwners(sql, recordKeys);
  const ownerships = await readOwnerships(sql, [...new Set(owners.map(({ practitionerId }) => practitionerId))]);
  const pairs = owners.flatMap((owner) => {
    const others = ownerships.get(owner.practitionerId)?.ever ?? [];
    return [owner, ...others.map((practitionerId) => ({ ...owner, practitionerId }))];
  });
  return readStatesOfRecords(sql, pairs);
}
