import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect } from "@xueshi/database";
import { parseResidentId } from "@xueshi/domain";
import type { Stack } from "./start-stack.ts";

/** A person whose check is asked for: the body of the request, and the id that the peers read by. */
export interface CheckPerson {
  readonly practitionerId: string;
  readonly body: string;
}

const RECORDS = 20;
const PEOPLE_MAX = 1_000;

/** People of the feed with exactly 20 records, each with the first declaration made for them. */
export async function findCheckPeople(stack: Stack): Promise<CheckPerson[]> {
  const wanted = await peopleWithRecords(stack);
  const people: CheckPerson[] = [];
  for await (const line of createInterface(createReadStream(join(stack.feedsDir, "declarations.jsonl")))) {
    const { practitioner, declaration } = JSON.parse(line) as {
      practitioner: { idNumber: string };
      declaration: object;
    };
    const residentId = parseResidentId(practitioner.idNumber);
    const practitionerId = residentId === null ? "" : stack.vault.practitionerIdOf(residentId);
    if (!wanted.delete(practitionerId)) continue;
    people.push({ practitionerId, body: JSON.stringify({ practitioner, declaration }) });
  }
  if (people.length === 0) throw new Error(`Nobody has ${RECORDS} records; ask for more --rows.`);
  return people;
}

async function peopleWithRecords(stack: Stack): Promise<Set<string>> {
  const sql = connect({ url: stack.postgres.url, connectionsMax: 1, applicationName: "bench-people" });
  try {
    const rows = await sql<{ id: string }[]>`
      SELECT practitioner_id AS id FROM projection.record_state
      GROUP BY practitioner_id HAVING count(*) = ${RECORDS} ORDER BY md5(practitioner_id::text) LIMIT ${PEOPLE_MAX}`;
    return new Set(rows.map(({ id }) => id));
  } finally {
    await sql.end({ timeout: 5 });
  }
}
