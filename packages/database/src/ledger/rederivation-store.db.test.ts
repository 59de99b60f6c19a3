import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, readInvolved, type Sql } from "../index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect({ url: database.url, connectionsMax: 1, applicationName: "test" });
  await sql.unsafe("SET session_replication_role = replica");
});
afterAll(async () => {
  await sql.end({ timeout: 5 });
  await database.drop();
});

/** `id(3)` is …-000000000003. */
const id = (n: number) => `00000000-0000-8000-8000-${String(n).padStart(12, "0")}`;
const digest = (n: number) => Buffer.alloc(32, n);

async function version(record: number, person: number, content = 1): Promise<void> {
  await sql`
    INSERT INTO admission.version (record_key, update_time, content_digest, source, record_id, practitioner_id, name_digest,
      status, subject_code, subject_basis, title, year_basis, flags, occurrences, batch_id, batch_index)
    VALUES (${id(record)}, now(), ${digest(content)}, 's', 'r', ${id(person)}, ${digest(0)}, 'final', '', 'code', '', 'platform',
      '', 1, ${id(0)}, 0)`;
}

async function refusal(record: number, person: number | null, content = 1): Promise<void> {
  await sql`
    INSERT INTO admission.refusal (record_key, update_time, content_digest, source, record_id, practitioner_id, code, title,
      occurrences, batch_id, batch_index)
    VALUES (${id(record)}, now(), ${digest(content)}, 's', 'r', ${person === null ? null : id(person)}, '', '', 1, ${id(0)}, 0)`;
}

test("involved are the records whose rows name several people, and nobody's as one of them", async () => {
  await version(1, 1);
  await Promise.all([version(2, 1, 1), version(2, 1, 2)]);
  await Promise.all([version(3, 1, 1), version(3, 2, 2)]);
  await Promise.all([version(4, 1), refusal(4, 1)]);
  await Promise.all([version(5, 1), refusal(5, 2)]);
  await Promise.all([version(6, 1), refusal(6, null)]);
  await refusal(7, 1);
  await Promise.all([refusal(8, 1, 1), refusal(8, 2, 2)]);
  await Promise.all([refusal(9, 1, 1), refusal(9, 1, 2)]);
  await refusal(10, null);
  const { recordKeys, practitionerIds } = await readInvolved(sql);
  expect(recordKeys.toSorted()).toEqual([3, 5, 6, 8].map(id));
  expect(practitionerIds).toEqual([]);
});

test("involved are the records of which anything was decided, and the people of whom anything was", async () => {
  await sql`
    INSERT INTO classification.decision (record_key, decided_at, decision_id, topic, counts_besides, reason, actor)
    VALUES (${id(21)}, now(), ${id(0)}, 'subject', false, '', '')`;
  await sql`
    INSERT INTO classification.correction_decision (record_key, decided_at, decision_id, changes, note, actor)
    VALUES (${id(22)}, now(), ${id(0)}, '{}', '', '')`;
  await sql`
    INSERT INTO admission.row_decision (record_key, decided_at, decision_id, update_time, content_digest, kind, reason, actor)
    VALUES (${id(23)}, now(), ${id(0)}, now(), ${digest(0)}, 'accept', '', '')`;
  await sql`
    INSERT INTO ledger.duplicate_decision (record_key, decided_at, decision_id, kind, record_keys, reason, actor)
    VALUES (${id(24)}, now(), ${id(0)}, 'same_achievement', ${[id(24), id(25)]}, '', '')`;
  await sql`
    INSERT INTO admission.person_merge (practitioner_id, decided_at, decision_id, into_practitioner_id, reason, actor)
    VALUES (${id(31)}, now(), ${id(0)}, ${id(32)}, '', ''), (${id(33)}, now(), ${id(0)}, NULL, '', '')`;
  await sql`
    INSERT INTO admission.name_alias (practitioner_id, name_digest, decision_id) VALUES (${id(34)}, ${digest(0)}, ${id(0)})`;
  await sql`
    INSERT INTO admission.tombstone (practitioner_id, erasure_id, erased_at, reason, document, basis, actor)
    VALUES (${id(35)}, ${id(0)}, now(), '', '', '', '')`;
  const { recordKeys, practitionerIds } = await readInvolved(sql);
  expect(recordKeys.filter((key) => key > id(20)).toSorted()).toEqual([21, 22, 23, 24, 25].map(id));
  expect(practitionerIds.toSorted()).toEqual([31, 32, 33, 34, 35].map(id));
});
