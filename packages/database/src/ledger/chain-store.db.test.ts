import { createHash } from "node:crypto";
import {
  appendEntries,
  type Entry,
  emptyHead,
  encodeEntry,
  type HashedEntry,
  type Head,
  identityEntry,
  type LocalDate,
} from "@xueshi/domain";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  connect,
  copyChainLengths,
  copyEntries,
  copyHeadSequences,
  copyHeads,
  type PersonRange,
  type PersonScope,
  type Sql,
  writeEntries,
} from "../index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";

const suite = { text: () => "0b".repeat(32), pair: () => "0c".repeat(32) };
const sha256Hex = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");
/** The reader makes this from the columns as they come, byte by byte; here it is made of the values by the core. */
const hashed = (entry: Entry): HashedEntry => ({ ...entry, fieldsHash: sha256Hex(encodeEntry(entry)) });
const POSTING = "44444444-4444-8444-8444-444444444444";
const personOf = (digit: number) => `${digit}`.padStart(8, "0").concat("-1111-8111-8111-111111111111");
/** Whatever COPY's text format escapes, and what it must not. */
const AWKWARD = ["a\tb", "a\nb", "\\", "\\N", "\\t", "“引号” \r\b\f\v", "", "\\\\", "𠮷\u0085"];
const written: HashedEntry[] = [];

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = connect({ url: database.url, connectionsMax: 2, applicationName: "test" });
  const instants = [1, Date.parse("2024-02-29T15:59:59.999Z")];
  for (let digit = 0; digit < AWKWARD.length; digit += 1) {
    const text = AWKWARD[digit] as string;
    const odd = { title: text, note: text, updateTimeMs: -1, hoursHundredths: -5, sourceDigest: "0a".repeat(32) };
    const assessedOn = digit % 2 === 0 ? null : ("2020-02-29" as LocalDate);
    const bodies = Array.from({ length: digit }, () => ({
      ...identityEntry("0d".repeat(32), text),
      ...odd,
      assessedOn,
    }));
    const { entries, head } = appendEntries(
      emptyHead(personOf(digit)),
      bodies,
      POSTING,
      instants[digit % 2] as number,
      suite,
    );
    written.push(...entries.map(hashed));
    await sql.begin((tx) => writeEntries(tx, entries));
    await writeHead(head);
  }
});

afterAll(async () => {
  await sql.end();
  await database.drop();
});

async function writeHead({ practitionerId, sequence, hash, recordedAtMs, nameDigest }: Head): Promise<void> {
  await sql`
    INSERT INTO ledger.head (practitioner_id, sequence, hash, recorded_at, name_digest, turn)
    VALUES (${practitionerId}, ${sequence}, decode(${hash}, 'hex'), ${sql.typed.instant(recordedAtMs)},
      decode(${nameDigest}, 'hex'), 1)`;
}

async function all<Row>(batches: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

const EVERYBODY: PersonRange = { fromId: "00000000-0000-0000-0000-000000000000", beforeId: null };

test.each<[string, PersonScope[]]>([
  ["everybody", [EVERYBODY]],
  [
    "ranges that follow each other",
    [
      { ...EVERYBODY, beforeId: personOf(3) },
      { fromId: personOf(3), beforeId: personOf(4) },
      { fromId: personOf(4), beforeId: null },
    ],
  ],
  ["people by their ids", [{ ids: AWKWARD.map((_, digit) => personOf(digit)) }]],
])("%s are read whole and in order", async (_name, scopes) => {
  const entries: HashedEntry[] = [];
  const heads: Head[] = [];
  for (const scope of scopes) {
    entries.push(...(await all(copyEntries(sql, scope, sha256Hex))));
    heads.push(...(await all(copyHeads(sql, scope))));
  }
  expect(entries).toEqual(written);
  expect(heads.map(({ practitionerId, sequence, nameDigest }) => [practitionerId, sequence, nameDigest])).toEqual(
    AWKWARD.map((_, digit) => [personOf(digit), digit, digit === 0 ? null : "0d".repeat(32)]),
  );
});

test("how much each head says that there is comes in order, also where it cannot be", async () => {
  const said = AWKWARD.map((_, digit) => ({ practitionerId: personOf(digit), sequence: digit }));
  expect(await all(copyHeadSequences(sql))).toEqual(said);
  const huge = { practitionerId: personOf(11), sequence: Number.NaN };
  await writeHead({ ...emptyHead(huge.practitionerId), hash: "0c".repeat(32) });
  await sql`UPDATE ledger.head SET sequence = 9223372036854775807 WHERE practitioner_id = ${huge.practitionerId}`;
  expect(await all(copyHeadSequences(sql))).toEqual([...said, huge]);
  await sql`DELETE FROM ledger.head WHERE practitioner_id = ${huge.practitionerId}`;
});

test("what is no id is not put into a statement", () => {
  expect(() => copyHeads(sql, { ids: ["' OR true --"] })).toThrow("no UUID");
});

test("the length of each chain is that of its entries, whatever its head says", async () => {
  const { entries } = appendEntries(emptyHead(personOf(9)), [identityEntry("0d".repeat(32), "x")], POSTING, 1, suite);
  await sql.begin((tx) => writeEntries(tx, entries));
  const lengths = await all(copyChainLengths(sql));
  const expected = AWKWARD.flatMap((_, digit) =>
    digit === 0 ? [] : [{ practitionerId: personOf(digit), entries: digit }],
  );
  expect(lengths).toEqual([...expected, { practitionerId: personOf(9), entries: 1 }]);
});

test("a time that no entry could have been given is none", async () => {
  await sql`
    INSERT INTO ledger.head (practitioner_id, sequence, hash, recorded_at)
    VALUES (${personOf(10)}, 1, decode(${"0c".repeat(32)}, 'hex'), '2024-02-29 15:59:59.999001+00')`;
  const heads = await all(copyHeads(sql, { fromId: personOf(10), beforeId: null }));
  expect(heads).toMatchObject([{ recordedAtMs: Number.NaN }]);
});
