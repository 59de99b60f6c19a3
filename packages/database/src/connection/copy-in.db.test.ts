import { Socket } from "node:net";
import type { Entry } from "@xueshi/domain";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { connect, insertRecordStates, type Sql, type Transaction, writeEntries, writeVersions } from "../index.ts";
import { backendOf, createTestDatabase, type TestDatabase, waitUntilBlocked } from "../testing/index.ts";
import { COPIED_ROWS_MIN, copyIn } from "./copy-in.ts";
import { RowWriter } from "./row-writer.ts";

let database: TestDatabase;
let owner: Sql;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = connect({ url: database.url, connectionsMax: 1, applicationName: "owner" });
  sql = connect({ url: database.url, connectionsMax: 1, applicationName: "copying" });
  await owner.unsafe(`
    CREATE TABLE kinds (place int PRIMARY KEY, small smallint, whole int, long bigint, at timestamptz, day date, id uuid,
      bytes bytea, words text)`);
});
afterEach(() => owner`TRUNCATE kinds`);
afterAll(async () => {
  await Promise.all([sql.end({ timeout: 5 }), owner.end({ timeout: 5 })]);
  await database.drop();
});

const KINDS = "kinds (place, small, whole, long, at, day, id, bytes, words)";
const UUID = "0190b5f4-ABCD-7def-8123-456789abcdef";
const WORDS = [
  "",
  "registered",
  "专业技术人员继续教育（29-0）",
  "é ß ñ",
  "𠮷野家 😀",
  `quote " back\\slash 'tick' \t tab \n line \r {braces},NULL`,
  "\\N",
  "NULL",
  "长".repeat(23),
  "长".repeat(24),
  "长".repeat(25),
  "x".repeat(24),
  "x".repeat(25),
  `${"x".repeat(23)}😀`,
  "学时".repeat(40_000),
];

async function copyKinds(write: (rows: RowWriter) => void): Promise<void> {
  const rows = new RowWriter();
  write(rows);
  await sql.begin((tx) => copyIn(tx, KINDS, rows));
}

test("what is copied is what the server would have read of it as texts", async () => {
  const rows = WORDS.map((words, place) => {
    const sign = place % 2 === 0 ? 1 : -1;
    return {
      ...{ place, words, small: sign * 32_767, whole: sign * 2_147_483_647, long: sign * Number.MAX_SAFE_INTEGER },
      // From 1903 to the year 9999, which is more microseconds than are exact.
      at: sign > 0 ? Math.min(place * place * 2_102_444_800_123, 253_402_300_799_999) : -place * 150_000_000_123,
      day: ["2020-02-29", "1999-12-31", "2000-01-01", "0001-01-01", "9999-12-31"][place % 5] as string,
      id: UUID,
      bytes: "00ff7F80".repeat(place),
    };
  });
  await copyKinds((to) => {
    for (const row of rows) {
      to.row(9);
      to.integer(row.place);
      to.smallint(row.small);
      to.integer(row.whole);
      to.bigint(row.long);
      to.instant(row.at);
      to.date(row.day);
      to.uuid(row.id);
      to.hex(row.bytes);
      to.text(row.words);
    }
    to.row(9);
    to.integer(rows.length);
    to.smallint(null);
    to.integer(null);
    to.bigint(null);
    to.instant(null);
    to.date(null);
    to.uuid(null);
    to.hex(null);
    to.text(null);
  });
  const said = rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }));
  const asTexts = await owner`
    SELECT place, small, whole, long, at::timestamptz, day::date, id::uuid, decode(bytes, 'hex') AS bytes, words
    FROM jsonb_to_recordset(${owner.json(said)}) AS row (place int, small smallint, whole int, long bigint, at text, day text,
      id text, bytes text, words text) ORDER BY place`;
  const copied = await owner`SELECT * FROM kinds ORDER BY place`;
  expect(copied.slice(0, -1)).toEqual([...asTexts]);
  expect(Object.values(copied.at(-1) ?? {})).toEqual([rows.length, ...Array(8).fill(null)]);
});

test.each<[string, (rows: RowWriter) => void]>([
  ["a number with a fraction", (rows) => rows.integer(1.5)],
  ["a number that is none", (rows) => rows.bigint(Number.NaN)],
  ["more than a smallint", (rows) => rows.smallint(32_768)],
  ["more than an integer", (rows) => rows.integer(2_147_483_648)],
  ["more than is exact", (rows) => rows.bigint(2 ** 53)],
  ["a fraction of a millisecond", (rows) => rows.instant(0.0001)],
  ["an instant before the year 1", (rows) => rows.instant(Date.parse("0000-12-31T23:59:59Z"))],
  ["an instant behind the year 9999", (rows) => rows.instant(253_402_300_800_000)],
  ["a day of the year 0", (rows) => rows.date("0000-12-31")],
  ["a day that there is not", (rows) => rows.date("2021-02-29")],
  ["a day in other words", (rows) => rows.date("2021-2-9")],
  ["an id without a digit", (rows) => rows.uuid(UUID.replace("A", "G"))],
  ["an id beyond ASCII", (rows) => rows.uuid(UUID.replace("A", "Ａ"))],
  ["an id without a hyphen", (rows) => rows.uuid(UUID.replace("-", "0"))],
  ["a short id", (rows) => rows.uuid(UUID.slice(0, -1))],
  ["half a byte", (rows) => rows.hex("abc")],
  ["bytes without a digit", (rows) => rows.hex("0g")],
])("%s is refused before it is sent", (_what, write) => {
  expect(() => write(new RowWriter())).toThrow(RangeError);
});

function placesOnly(...places: number[]): RowWriter {
  const rows = new RowWriter();
  for (const place of places) {
    rows.row(1);
    rows.integer(place);
  }
  return rows;
}

test("a row that the server refuses takes its transaction back, and the connection goes on", async () => {
  const written = sql.begin(async (tx) => {
    await tx`INSERT INTO kinds (place) VALUES (7)`;
    await copyIn(tx, "kinds (place)", placesOnly(1, 2, 2));
  });
  await expect(written).rejects.toMatchObject({ code: "23505" });
  await sql.begin((tx) => copyIn(tx, "kinds (place)", placesOnly(3)));
  expect(await sql`SELECT place FROM kinds`).toEqual([{ place: 3 }]);
});

test("a session that is lost in the middle of what it copies ends the transaction, and nothing of it stays", async () => {
  const blocker = await backendOf(owner);
  const observer = connect({ url: database.url, connectionsMax: 1, applicationName: "observer" });
  let copying: Promise<unknown> = Promise.resolve();
  await owner.begin(async (other) => {
    // Another transaction's row with the same key: the server waits in the middle of the rows.
    await other`INSERT INTO kinds (place) VALUES (2500)`;
    const places = Array.from({ length: 5_000 }, (_, place) => place);
    copying = sql.begin((tx) => copyIn(tx, "kinds (place)", placesOnly(...places)));
    copying.catch(() => {});
    const pid = await waitUntilBlocked(observer, blocker);
    await observer`SELECT pg_terminate_backend(${pid}::int)`;
  });
  await observer.end({ timeout: 5 });
  // Depending on what comes first: the server's words, or the end of the connection.
  await expect(copying).rejects.toMatchObject({ code: expect.stringMatching(/^57P01$|^CONNECTION_/) });
  expect(await sql`SELECT place FROM kinds`).toEqual([{ place: 2_500 }]);
});

test("small parts of what is sent do not wait for the answer to large ones (RFC 896)", async () => {
  const noDelay = vi.spyOn(Socket.prototype, "setNoDelay");
  const other = connect({ url: database.url, connectionsMax: 1, applicationName: "other" });
  await other`SELECT 1`;
  expect(noDelay).toHaveBeenCalledWith();
  await other.end({ timeout: 5 });
  noDelay.mockRestore();
});

test("rows are sent with the statements before and behind them", async () => {
  const many = (from: number) => placesOnly(...Array.from({ length: 3_000 }, (_, place) => from + place));
  const counts = await sql.begin((tx) =>
    Promise.all([
      tx`INSERT INTO kinds (place) VALUES (-1)`.execute(),
      copyIn(tx, "kinds (place)", many(0)),
      tx`SELECT count(*)::int AS count FROM kinds`.execute(),
      copyIn(tx, "kinds (place)", many(3_000)),
      tx`SELECT count(*)::int AS count FROM kinds`.execute(),
    ]),
  );
  expect([counts[2][0]?.count, counts[4][0]?.count]).toEqual([3_001, 6_001]);
});

const manyPlaces = (from: number, count: number) =>
  placesOnly(...Array.from({ length: count }, (_, place) => from + place));

test("a transaction sends what it has to say while the server still works on what it said before", async () => {
  const sent: string[] = [];
  const write = Socket.prototype.write;
  const spy = vi.spyOn(Socket.prototype, "write").mockImplementation(function (this: Socket, ...said: unknown[]) {
    sent.push(String(said[0]));
    return Reflect.apply(write, this, said);
  });
  const observer = connect({ url: database.url, connectionsMax: 1, applicationName: "observer" });
  await owner`SELECT pg_advisory_lock(7)`;
  const written = sql.begin((tx) =>
    Promise.all([
      tx`SELECT pg_advisory_xact_lock(7)`.execute(),
      copyIn(tx, "kinds (place)", manyPlaces(0, 50_000)),
      copyIn(tx, "kinds (place)", manyPlaces(50_000, 50_000)),
      tx`INSERT INTO kinds (place) VALUES (-7)`,
    ]),
  );
  await waitUntilBlocked(observer, await backendOf(owner));
  expect(sent.filter((text) => text.includes("VALUES (-7)"))).toHaveLength(1);
  spy.mockRestore();
  await owner`SELECT pg_advisory_unlock(7)`;
  await written;
  expect(await sql`SELECT count(*)::int AS count FROM kinds`).toEqual([{ count: 100_001 }]);
  await observer.end({ timeout: 5 });
});

test("rows follow their COPY also where the connection takes no more for now", async () => {
  const write = Socket.prototype.write;
  const spy = vi.spyOn(Socket.prototype, "write").mockImplementation(function (this: Socket, ...said: unknown[]) {
    Reflect.apply(write, this, said);
    return false;
  });
  // A statement that is long enough to be sent at once.
  const target = `kinds (place)${" ".repeat(2_000)}`;
  await sql.begin((tx) => Promise.all([copyIn(tx, target, manyPlaces(0, 200)), tx`SELECT`]));
  spy.mockRestore();
  expect(await sql`SELECT count(*)::int AS count FROM kinds`).toEqual([{ count: 200 }]);
});

test("rows behind a COPY that is refused are passed over, and what follows them is answered", async () => {
  const failures: unknown[] = [];
  const written = sql.begin(async (tx) => {
    const asked = [
      copyIn(tx, "no_such_table (place)", placesOnly(...Array.from({ length: 5_000 }, (_, place) => place))),
      tx`INSERT INTO kinds (place) VALUES (1)`,
      copyIn(tx, "kinds (place)", placesOnly(2)),
    ];
    for (const one of await Promise.allSettled(asked)) failures.push(one.status === "rejected" && one.reason.code);
  });
  await expect(written).rejects.toMatchObject({ code: "42P01" });
  expect(failures).toEqual(["42P01", "25P02", "25P02"]);
  expect(await sql`SELECT place FROM kinds`).toEqual([]);
});

test("a refusal of rows that nobody looks at takes the transaction back all the same", async () => {
  const written = sql.begin(async (tx) => {
    await copyIn(tx, "kinds (place)", placesOnly(1, 1)).catch(() => {});
  });
  await expect(written).rejects.toMatchObject({ code: "23505" });
});

const idOf = (place: number) => `00000000-0000-4000-8000-${String(place).padStart(12, "0")}`;
const hashOf = (place: number) => String(place % 10).repeat(64);

/** Entries that have a value in every column, or none where there may be none. */
function makeEntries(): Entry[] {
  return Array.from({ length: COPIED_ROWS_MIN }, (_, place): Entry => {
    const some = <Value>(value: Value) => (place % 3 === 0 ? null : value);
    const isReversal = place % 4 === 3;
    return {
      ...{ practitionerId: idOf(1), sequence: place + 1, postingId: idOf(2), recordedAtMs: 1_600_000_000_000 + place },
      ...{
        kind: isReversal ? "reversal" : "posting",
        reverses: isReversal ? place : null,
        slot: place % 5 === 0 ? "x" : "",
      },
      ...{
        recordKey: some(idOf(place)),
        source: some("source"),
        recordId: some(`R-${place}`),
        platform: some("platform"),
      },
      ...{
        state: some("registered"),
        code: some("code"),
        hoursHundredths: some(place - 50),
        subject: some("professional"),
      },
      ...{
        attributedYear: some(2_020),
        obtainedOn: some("2020-02-29"),
        pathway: some("online"),
        assessedOn: some("2020-03-01"),
      },
      ...{
        recognition: some("as-registered"),
        title: some(WORDS[place % WORDS.length]),
        trace: some("trace"),
        flags: "f",
      },
      ...{
        sourceDigest: some(hashOf(place)),
        updateTimeMs: some(-place),
        reason: "posted",
        actor: "test",
        note: some("注"),
      },
      ...{ nameDigest: some(hashOf(place + 1)), hash: hashOf(place) },
    } as Entry;
  });
}

const states = Array.from({ length: COPIED_ROWS_MIN }, (_, place) => ({
  ...{ practitionerId: idOf(1), recordKey: idOf(place), slot: place % 2 === 0 ? "" : "slot", source: "source" },
  ...{ state: "registered", achievementKey: place % 3 === 0 ? null : idOf(place + 1), sequence: place },
}));

const versions = makeEntries().map((entry, place) => ({
  version: {
    ...{
      recordKey: idOf(place),
      updateTimeMs: place,
      contentDigest: entry.hash,
      source: "source",
      recordId: `R-${place}`,
    },
    ...{ practitionerId: idOf(1), nameDigest: hashOf(2), status: "normal", hoursHundredths: entry.hoursHundredths },
    ...{ subjectCode: "01", subjectBasis: "code", title: entry.title ?? "", provider: entry.note ?? "" },
    ...{ obtainedOn: entry.obtainedOn, studiedFrom: entry.assessedOn, studiedUntil: entry.obtainedOn },
    ...{
      attributedYear: entry.attributedYear,
      yearBasis: "stated",
      pathway: entry.pathway,
      assessedOn: entry.assessedOn,
    },
    ...{ flags: "f", note: entry.note, nameVariantDigest: entry.nameDigest, voidedBy: entry.recordKey },
  },
  ...{ occurrences: 1 + (place % 3), batchIndex: place },
})) as unknown as Parameters<typeof writeVersions>[2];

interface Store<Row> {
  readonly table: string;
  readonly rows: readonly Row[];
  readonly write: (tx: Transaction, rows: readonly Row[]) => Promise<void>;
}
const storeOf = <Row>(store: Store<Row>): Store<unknown> => store as unknown as Store<unknown>;

test.each([
  storeOf({ table: "ledger.entry", rows: makeEntries(), write: writeEntries }),
  storeOf({ table: "projection.record_state", rows: states, write: insertRecordStates }),
  storeOf({ table: "admission.version", rows: versions, write: (tx, rows) => writeVersions(tx, idOf(9), rows) }),
])("many rows of $table are the same as each of them alone", async ({ table, rows, write }) => {
  const asWritten = async (parts: readonly (readonly unknown[])[]) => {
    let read: readonly object[] = [];
    await sql
      .begin(async (tx) => {
        for (const part of parts) await write(tx, part);
        read = await tx.unsafe(`SELECT row::text FROM ${table} AS row ORDER BY 1`);
        throw new Error("taken back");
      })
      .catch((error: unknown) => expect(error).toMatchObject({ message: "taken back" }));
    return [...read];
  };
  const together = await asWritten([rows]);
  expect(together).toHaveLength(rows.length);
  expect(together).toEqual(await asWritten(rows.map((row) => [row])));
});
