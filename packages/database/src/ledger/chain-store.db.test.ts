import { createHash } from "node:crypto";
import {
  appendEntries,
  type Entry,
  emptyHead,
  entryHash,
  GENESIS_HASH,
  type HashSuite,
  type Head,
  identityEntry,
  type LinkedEntry,
  type LocalDate,
} from "@xueshi/domain";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  connect,
  copyChainLengths,
  copyEntries,
  copyHeads,
  type PersonRange,
  type PersonScope,
  readLinkedChains,
  type Sql,
  writeEntries,
} from "../index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";

const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content);
const suite: HashSuite = {
  text: (text) => sha256(text).digest("hex"),
  pair: (left, right) => sha256(Buffer.from(left + right, "hex")).digest("hex"),
};
const sha256Latin1 = (bytes: Uint8Array) => sha256(bytes).digest("binary");
const POSTING = "44444444-4444-8444-8444-444444444444";
const personOf = (digit: number) => `${digit}`.padStart(8, "0").concat("-1111-8111-8111-111111111111");
/** Whatever COPY's text format escapes, and what it must not. */
const AWKWARD = ["a\tb", "a\nb", "\\", "\\N", "\\t", "“引号” \r\b\f\v", "", "\\\\", "𠮷\u0085"];
const written: Entry[] = [];

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
    written.push(...entries);
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
  const entries: Entry[] = [];
  const heads: Head[] = [];
  for (const scope of scopes) {
    entries.push(...(await all(copyEntries(sql, scope))));
    heads.push(...(await all(copyHeads(sql, scope))));
  }
  expect(entries).toEqual(written);
  expect(heads.map(({ practitionerId, sequence, nameDigest }) => [practitionerId, sequence, nameDigest])).toEqual(
    AWKWARD.map((_, digit) => [personOf(digit), digit, digit === 0 ? null : "0d".repeat(32)]),
  );
});

/** Whoever looks at a counted entry asks for its fields one by one. */
const FIELDS = (entry: Entry) => [...(Object.keys(entry) as (keyof Entry)[]), "isLinked", "expectedHash"] as const;
const readAsked = (entry: LinkedEntry) =>
  Object.fromEntries(FIELDS(written[0] as Entry).map((field) => [field, entry[field]]));

/** The reader makes hashes from the columns as they come, byte by byte; here they are made of the values by the core. */
function linked(entry: Entry, at: number, entries: readonly Entry[]): LinkedEntry {
  const before = entries[at - 1];
  const previous = before?.practitionerId === entry.practitionerId ? before.hash : GENESIS_HASH;
  const expectedHash = entryHash(suite, previous, entry);
  return { ...entry, expectedHash, isLinked: expectedHash === entry.hash };
}

describe.each([[false], [true]])("entries of which only what counts is asked for: %s", (isCounted) => {
  const read = async (scope: PersonScope) =>
    [...(await readLinkedChains(sql, scope, sha256Latin1, { isCounted }))].flatMap((chain) => chain.map(readAsked));

  test("have every field, and the hashes that the core gives them, whoever comes before", async () => {
    const expected = written.map(linked);
    expect(expected.every(({ isLinked }) => isLinked)).toBe(true);
    expect(await read(EVERYBODY)).toEqual(expected);
    const ofOne = { fromId: personOf(5), beforeId: personOf(6) };
    expect(await read(ofOne)).toEqual(expected.filter(({ practitionerId }) => practitionerId === personOf(5)));
  });

  test.each<[string, (hash: string) => string]>([
    ["another", () => "ff".repeat(32)],
    ["a short", () => "ff".repeat(31)],
    ["a long", () => "ff".repeat(40)],
    ["no", () => ""],
    ["its own hash with more behind it as its", (hash) => `${hash}ff`],
    ["the begin of its own hash as its", (hash) => hash.slice(0, -2)],
  ])(
    "of which one has %s hash are not linked there and behind it, and the expected ones are told",
    async (_name, hashOf) => {
      const at = written.findIndex(({ practitionerId, sequence }) => practitionerId === personOf(6) && sequence === 3);
      const hash = hashOf((written[at] as Entry).hash);
      const changed = written.map((entry, index) => (index === at ? { ...entry, hash } : entry));
      // Who makes hashes of another length has taken the constraint away first.
      const set = (value: string) =>
        sql.unsafe(`SET session_replication_role = replica;
          ALTER TABLE ledger.entry DROP CONSTRAINT IF EXISTS entry_hash_length; UPDATE ledger.entry SET hash = '\\x${value}'
          WHERE practitioner_id = '${personOf(6)}' AND sequence = 3; RESET session_replication_role`);
      await set(hash);
      const found = await read(EVERYBODY);
      await set((written[at] as Entry).hash);
      expect(found).toEqual(changed.map(linked));
      const wrong = found.flatMap(({ isLinked }, index) => (isLinked === true ? [] : [index]));
      expect(wrong).toEqual([at, at + 1]);
    },
  );
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
