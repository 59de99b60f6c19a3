import {
  type CorrectionRow,
  type RecordPeople,
  readNamedRecords,
  readOwnerships,
  readPeopleOfRecords,
  type Transaction,
} from "@xueshi/database";
import { chooseRecords } from "./choose-records.ts";
import type { PeopleGroup } from "./group-by-people.ts";
import { groupsOf } from "./plan-correction.ts";

/** The records of a correction, and everybody of whom it would write. */
export interface FoundRecords {
  readonly records: ReadonlyMap<string, RecordPeople>;
  readonly groups: readonly PeopleGroup[];
}

/** The records that a correction that is kept is about now. Throws `correction_too_large`. */
export async function findRecords(
  tx: Transaction,
  { correctionId, filter }: Pick<CorrectionRow, "correctionId" | "filter">,
): Promise<FoundRecords> {
  const named =
    filter === null ? await readNamedRecords(tx, { correctionId, step: 1 }) : await chooseRecords(tx, filter);
  return findPeople(tx, named);
}

export async function findPeople(tx: Transaction, recordKeys: readonly string[]): Promise<FoundRecords> {
  const records = await readPeopleOfRecords(tx, recordKeys);
  const people = [...new Set([...records.values()].flatMap((record) => record.people))];
  const ownerships = await readOwnerships(tx, people);
  return { records, groups: groupsOf(records, (person) => ownerships.get(person)?.ever ?? []) };
}
