import { readFileSync } from "node:fs";
import {
  connect,
  REBUILT_TABLES,
  readCheckpoints,
  readRecordKeysOf,
  type Sql,
  TRANSFERRED_TABLES,
  writeAccessRows,
  writeBatch,
  writeKeptVerdicts,
  writePersonMerge,
} from "@xueshi/database";
import { backendOf, createTestDatabase, type TestDatabase, waitUntilBlocked } from "@xueshi/database/testing";
import { parseCheckpoint } from "@xueshi/domain";
import { createNoteSigner, openNote, sha256Hex, sha256Suite, sha256TreeHash } from "@xueshi/vault";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findBroken } from "../../testing/read-ledger.ts";
import { openTestLedger, personId, recordKey, type TestLedger } from "../../testing/test-ledger.ts";
import { applyCorrection } from "../corrections/apply-correction.ts";
import { proposeDuplicates } from "../corrections/propose-correction.ts";
import { undoCorrection } from "../corrections/undo-correction.ts";
import { decideRecord } from "../decide-record.ts";
import { numberPostings } from "../number-postings.ts";
import { postBatch } from "../post-batch.ts";
import { signCheckpoint } from "../sign-checkpoint.ts";
import { exportLedger, PersonNotExported } from "./export-ledger.ts";
import { importLedger } from "./import-ledger.ts";
import { acceptsJson, type TestSchema } from "./testing/accepts-json.ts";

const origin = "ledger.example/xueshi";
const signer = createNoteSigner(origin, Buffer.alloc(32, 7));
const schema: TestSchema = JSON.parse(
  readFileSync(new URL("../../../../../packages/contracts/ledger-export.schema.json", import.meta.url), "utf8"),
);
const [wrong, right] = [personId("wang"), personId("li")];

let ledger: TestLedger;
let copy: TestDatabase;
let copySql: Sql;
beforeAll(async () => {
  ledger = await openTestLedger();
});
beforeEach(async () => {
  await ledger.empty();
  copy = await createTestDatabase();
  copySql = connect({ url: copy.url, connectionsMax: 2, applicationName: "test-copy" });
});
afterEach(async () => {
  await copySql.end({ timeout: 5 });
  await copy.drop();
});
afterAll(() => ledger.close());

const numbering = () => ({ sql: ledger.sql, clock: ledger.clock, treeHash: sha256TreeHash, chance: () => 0.5 });

/** A ledger with every kind of row: what counts, what does not, what moved, what nobody has numbered yet. */
async function fill(): Promise<void> {
  await postBatch(
    ledger.context,
    await ledger.store({
      versions: [
        { recordId: "r1", person: "wang", title: '课程 "A" \\ \u0001\n，一', pathway: "面授", flags: "" },
        { recordId: "r2", person: "wang", subjectCode: "999", note: "said\tso" },
        { recordId: "r3", person: "li", title: "同一课程", assessedOn: "2020-03-05" as never },
        { recordId: "r4", person: "li", title: "同一课程", hoursHundredths: 750 },
        { recordId: "r5", person: "li", nameDigest: "ab".repeat(32) },
      ],
      refusals: [{ recordId: "r6", person: "wang" }],
    }),
  );
  await postBatch(
    ledger.context,
    await ledger.store({ versions: [{ recordId: "r1", person: "wang", updateTimeMs: 2_000, status: "withdrawn" }] }),
  );
  await signCheckpoint({ ...numbering(), origin, signer });
  const because = { reason: "looked at it", document: null, actor: "operator-1" };
  await decideRecord(ledger.context, { recordKey: recordKey("r4"), subject: null, counts: true, ...because });
  await decideDuplicates();
  await merge();
  await keepVerdict();
  // One that is posted and waits for its position, and one that waits for its posting.
  await postBatch(ledger.context, await ledger.store({ versions: [{ recordId: "r7", person: "zhao" }] }));
  await ledger.store({ versions: [{ recordId: "r8", person: "zhao" }] });
}

/** One decision in force, above what was decided of one record, and one that was taken back. */
async function decideDuplicates(): Promise<void> {
  const context = { ...ledger.context, fourEyes: new Set<never>() };
  const of = { of: "record_sets", holder: "operator-1" } as const;
  const recordSets = [[recordKey("r3"), recordKey("r4")]];
  for (const kind of ["distinct_achievements", "same_achievement"] as const) {
    const request = { kind, recordSets, reason: "looked at it", document: "letter 6" };
    const asked = { request, ...of, receivedAtMs: ledger.clock(), idempotencyKey: null, language: "en" } as const;
    const { correctionId } = await proposeDuplicates(context, asked);
    await applyCorrection(context, { correctionId, ...of });
    if (kind === "distinct_achievements") await undoCorrection(context, { correctionId, ...of, reason: "not so" });
  }
}

async function merge(): Promise<void> {
  ledger.clock.advance(1_000);
  const [decisionId, decidedAtMs] = [ledger.context.newId(), ledger.clock()];
  await ledger.sql.begin(async (tx) => {
    const said = { reason: "one person", document: "letter 5", actor: "operator-1" };
    await writePersonMerge(tx, { practitionerId: wrong, decidedAtMs, decisionId, intoPractitionerId: right, ...said });
    await writeBatch(tx, {
      ...{ batchId: decisionId, source: "operator", origin: "decision", pullId: null, closesPull: false },
      ...{ completeUntilMs: null, receivedAtMs: decidedAtMs, rowCount: 0, counts: {}, receipts: [["x", "held", null]] },
      recordKeys: await readRecordKeysOf(tx, [wrong]),
      practitionerIds: [wrong, right],
    });
  });
  await postBatch(ledger.context, decisionId);
  while ((await numberPostings(numbering())) > 0);
}

async function keepVerdict(): Promise<void> {
  const of = { practitionerId: right, keyId: ledger.context.newId() };
  await writeKeptVerdicts(ledger.sql, [
    { ...of, verdictId: "v".repeat(43), keptAtMs: 5, answer: "{}", decision: "[]", seal: "ab".repeat(32) },
  ]);
  const access = { accessedAtMs: 6, accessId: ledger.context.newId(), purpose: "check", requestId: "r" };
  await writeAccessRows(ledger.sql, [{ ...of, ...access }]);
}

async function exported(practitionerId: string | null = null): Promise<string[]> {
  const texts: string[] = [];
  const context = { sql: ledger.sql, clock: ledger.clock, treeHash: sha256TreeHash, chance: () => 0.5, origin, signer };
  const write = async (text: string) => void texts.push(text);
  await exportLedger(context, { practitionerId, write, progress: () => {} });
  const text = texts.join("");
  expect(text.endsWith("\n")).toBe(true);
  return text.slice(0, -1).split("\n");
}

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

function imported(lines: readonly string[], verifierKey: string | null = signer.verifierKey) {
  const context = { sql: copySql, suite: sha256Suite, treeHash: sha256TreeHash, sha256Hex };
  const chunks = chunksOf(Buffer.from(`${lines.join("\n")}\n`), 1_021);
  return importLedger(context, { chunks, verifierKey, progress: () => {} });
}

/** The digest over the lines made anew, as somebody who changes a file would. */
function redigested(lines: readonly string[]): string[] {
  const before = lines.slice(0, -1);
  const { trailer } = JSON.parse(lines.at(-1) ?? "");
  return [...before, JSON.stringify({ trailer: { ...trailer, sha256: sha256Hex(`${before.join("\n")}\n`) } })];
}

/** Everything that a table holds, but for what only the moment of an import says. */
async function contentOf(sql: Sql, table: string): Promise<string[]> {
  const rows = await sql.unsafe(`SELECT to_jsonb(content)::text AS text FROM ${table} AS content ORDER BY 1`);
  return rows.map(({ text }) => text as string);
}

const rowLine = (lines: readonly string[], table: string, which = 0) =>
  lines.flatMap((line, at) => (line.startsWith(`{"table":"${table}"`) ? [at] : []))[which] ?? -1;

function changed(lines: readonly string[], at: number, change: (row: Record<string, unknown>) => object): string[] {
  const line = JSON.parse(lines[at] ?? "");
  return redigested(lines.with(at, JSON.stringify({ ...line, row: change(line.row) })));
}

describe("the whole ledger", () => {
  it("is the same in another database: heads, roots, caches and every row", async () => {
    await fill();
    const lines = await exported();
    const { header, roots, rows } = await imported(lines);
    expect(rows).toBe(lines.length - 2);
    expect(parseCheckpoint(openNote(header.checkpoint, signer.verifierKey) ?? "")).toEqual({ origin, ...roots });
    for (const table of [...Object.keys(TRANSFERRED_TABLES), ...REBUILT_TABLES]) {
      const there = await contentOf(ledger.sql, table);
      expect([table, await contentOf(copySql, table)]).toEqual([table, there]);
    }
    for (const table of ["ledger.outbox", "ledger.feed", "projection.balance", "verdict.kept_verdict"]) {
      expect(await contentOf(copySql, table)).not.toEqual([]);
    }
    expect(await findBroken(copySql)).toEqual([]);
  });

  it("goes on where it was: chain, feed, and checkpoints that begin with those before", async () => {
    await fill();
    await imported(await exported());
    const context = ledger.contextAt(copy.url);
    const waiting = await copySql`SELECT batch_id AS id FROM acquisition.batch WHERE posted_at IS NULL`;
    for (const { id } of waiting) expect(await postBatch(context, id)).toBe("posted");
    const elsewhere = {
      sql: copySql,
      clock: ledger.clock,
      treeHash: sha256TreeHash,
      chance: () => 0.5,
      origin,
      signer,
    };
    const { size } = await signCheckpoint(elsewhere);
    expect(await findBroken(copySql)).toEqual([]);
    const [row] = await copySql`SELECT count(*)::int AS entries FROM ledger.entry`;
    expect(size).toBe(row?.entries);
    // The same work at home comes to the same.
    for (const { id } of waiting) await postBatch(ledger.context, id);
    await signCheckpoint({ ...elsewhere, sql: ledger.sql });
    const ends = (sql: Sql) => sql`SELECT practitioner_id, sequence, turn FROM ledger.head ORDER BY 1`;
    expect([...(await ends(copySql))]).toEqual([...(await ends(ledger.sql))]);
    expect((await readCheckpoints(copySql, null, 10)).length).toBe(2);
  });

  it("is written as the published schema says, line by line", async () => {
    await fill();
    for (const line of await exported()) expect(acceptsJson(schema, JSON.parse(line))).toBe(true);
    const [header = ""] = await exported();
    expect(acceptsJson(schema, { ...JSON.parse(header), more: 1 })).toBe(false);
    expect(acceptsJson(schema, { table: "ledger.entry", row: {} })).toBe(false);
  });

  it("may be empty", async () => {
    const lines = await exported();
    expect((await imported(lines)).roots).toMatchObject({ size: 0, heads: 0 });
  });
});

describe("a file that is not what was written", () => {
  const faultOf = (lines: readonly string[], key: string | null = signer.verifierKey) =>
    imported(lines, key).then(
      () => "taken",
      ({ code, line }) => [code, line],
    );
  let lines: string[];
  beforeEach(async () => {
    await fill();
    lines = await exported();
  });
  afterEach(async () => {
    for (const table of ["ledger.entry", "ledger.head", "acquisition.batch"]) {
      expect(await contentOf(copySql, table)).toEqual([]);
    }
  });

  it("is refused where it was cut off or lines were lost, added or moved", async () => {
    const entry = rowLine(lines, "ledger.entry");
    const last = rowLine(lines, "verdict.access_log");
    expect(await faultOf(lines.slice(0, -1))).toEqual(["file_cut_off", lines.length - 1]);
    expect(await faultOf([""])).toEqual(["line_invalid", 1]);
    expect(await faultOf(lines.slice(1))).toEqual(["header_invalid", 1]);
    expect(await faultOf([...lines, lines[entry] ?? ""])).toEqual(["line_invalid", lines.length + 1]);
    expect(await faultOf(lines.toSpliced(last, 1))).toEqual(["digest_differs", lines.length - 1]);
    expect(await faultOf(redigested(lines.toSpliced(last, 1)))).toEqual(["counts_differ", lines.length - 1]);
    expect(await faultOf(redigested(lines.toSpliced(entry, 1)))).toEqual(["chain_broken", entry + 1]);
    const [first = "", second = ""] = [lines[entry], lines[entry + 1]];
    expect(await faultOf(redigested(lines.with(entry, second).with(entry + 1, first)))).toEqual([
      ...["chain_broken", entry + 1],
    ]);
    expect(await faultOf(redigested(lines.toSpliced(last + 1, 0, first)))).toEqual(["line_invalid", last + 2]);
    expect(await faultOf(redigested(lines.toSpliced(last, 0, lines[last] ?? "")))).toEqual(["row_refused", last + 2]);
  });

  it("is refused at the first line that has not the form of its table", async () => {
    const entry = rowLine(lines, "ledger.entry", 2);
    const said = async (change: (row: Record<string, unknown>) => object) => faultOf(changed(lines, entry, change));
    const wrongs: ((row: Record<string, unknown>) => object)[] = [
      (row) => ({ ...row, hoursHundredths: 7.5 }),
      (row) => ({ ...row, hoursHundredths: "800" }),
      (row) => ({ ...row, sequence: 2 ** 53 }),
      (row) => ({ ...row, hash: null }),
      (row) => ({ ...row, hash: String(row.hash).toUpperCase() }),
      (row) => ({ ...row, obtainedOn: "2020-3-1" }),
      (row) => ({ ...row, recordedAt: "2020-07-31T10:00:00+08:00" }),
      (row) => ({ ...row, recordedAt: String(row.recordedAt).replace("+00:00", ".000001+00:00") }),
      (row) => ({ ...row, title: "\u0000" }),
      (row) => ({ ...row, title: "\ud800" }),
      ({ title: _, ...row }) => row,
      (row) => ({ ...row, more: null }),
    ];
    for (const change of wrongs) expect(await said(change)).toEqual(["line_invalid", entry + 1]);
    expect(await said((row) => ({ ...row, obtainedOn: "2020-02-31" }))).toEqual(["chain_broken", entry + 1]);
    const batch = rowLine(lines, "acquisition.batch", 1);
    expect(
      await faultOf(changed(lines, batch, (row) => ({ ...row, receivedAt: "2020-02-31T00:00:00+00:00" }))),
    ).toEqual([...["row_refused", batch + 1]]);
    expect(await faultOf(lines.with(entry, "{"))).toEqual(["line_invalid", entry + 1]);
    expect(await faultOf(lines.with(entry, "[]"))).toEqual(["line_invalid", entry + 1]);
    expect(await faultOf(lines.with(entry, '{"table":"access.api_key","row":{}}'))).toEqual([
      "line_invalid",
      entry + 1,
    ]);
  });

  it("is refused where a digest of it was made anew and the ledger is another", async () => {
    const entry = rowLine(lines, "ledger.entry", 1);
    const title = (row: object) => ({ ...row, title: "别的" });
    expect(await faultOf(changed(lines, entry, title))).toEqual(["chain_broken", entry + 1]);
    const head = rowLine(lines, "ledger.head");
    const [code] = await faultOf(changed(lines, head, (row) => ({ ...row, sequence: 99 })));
    expect(code).toBe("chain_broken");
    const feed = rowLine(lines, "ledger.feed");
    expect(await faultOf(changed(lines, feed, (row) => ({ ...row, position: 1 })))).toEqual(["line_invalid", feed + 1]);
    expect(await faultOf(changed(lines, feed, (row) => ({ ...row, size: 1 })))).toEqual(["line_invalid", feed + 1]);
    expect(await faultOf(changed(lines, feed, (row) => ({ ...row, firstSequences: [77, 78] })))).toEqual([
      ...["line_invalid", feed + 1],
    ]);
    const outbox = rowLine(lines, "ledger.outbox");
    expect(await faultOf(changed(lines, outbox, (row) => ({ ...row, firstSequences: [9] })))).toEqual([
      ...["line_invalid", outbox + 1],
    ]);
    expect(await faultOf(changed(lines, outbox, (row) => ({ ...row, hashes: "00".repeat(64) })))).toEqual([
      ...["line_invalid", outbox + 1],
    ]);
    const [, swapped] = [feed, feed + 1].map((at) => JSON.parse(lines[at] ?? "").row);
    const runs = { practitionerIds: swapped.practitionerIds, firstSequences: swapped.firstSequences };
    const moved = changed(lines, feed, (row) => ({
      ...row,
      ...runs,
      entryCounts: swapped.entryCounts,
      size: swapped.size,
    }));
    expect(["line_invalid", "checkpoint_differs"]).toContain((await faultOf(moved))[0]);
  });

  it("is refused with another checkpoint, one that nobody signed, and other migrations", async () => {
    const { header } = JSON.parse(lines[0] ?? "");
    const withHeader = (change: object) =>
      redigested(lines.with(0, JSON.stringify({ header: { ...header, ...change } })));
    const other = header.checkpoint.replace(/^heads 3/m, "heads 2");
    expect(other).not.toBe(header.checkpoint);
    expect(await faultOf(withHeader({ checkpoint: other }))).toEqual(["signature_invalid", 1]);
    expect(await faultOf(withHeader({ checkpoint: other }), null)).toEqual(["checkpoint_differs", 1]);
    expect(await faultOf(withHeader({ checkpoint: "" }), null)).toEqual(["checkpoint_differs", 1]);
    const kept = rowLine(lines, "ledger.checkpoint");
    const another = (row: Record<string, unknown>) => ({ ...row, note: String(row.note).replace(/^heads/m, "other") });
    expect(await faultOf(changed(lines, kept, another))).toEqual(["checkpoint_differs", null]);
    const schema = { ...header.schema, digest: "00".repeat(32) };
    expect(await faultOf(withHeader({ schema }))).toEqual(["schema_differs", null]);
    expect(await faultOf(withHeader({ format: "xueshi-ledger-export/2" }))).toEqual(["header_invalid", 1]);
  });
});

describe("a database that is not empty", () => {
  it("takes no ledger, not even the same one again, and none while somebody writes", async () => {
    await fill();
    const lines = await exported();
    const writer = connect({ url: copy.url, connectionsMax: 1, applicationName: "test-writer" });
    await writer.begin(async (tx) => {
      await tx`LOCK TABLE ledger.head IN ROW EXCLUSIVE MODE`;
      await expect(imported(lines)).rejects.toMatchObject({ code: "database_in_use" });
    });
    // As autovacuum, which is cut off by who waits.
    const pid = await backendOf(writer);
    const importing = await writer.begin(async (tx) => {
      await tx`LOCK TABLE ledger.head IN SHARE UPDATE EXCLUSIVE MODE`;
      const begun = imported(lines);
      await Promise.race([begun, waitUntilBlocked(ledger.sql, pid)]);
      return [begun];
    });
    await Promise.all(importing);
    await writer.end({ timeout: 5 });
    await expect(imported(lines)).rejects.toMatchObject({ code: "database_not_empty" });
  });
});

describe("one person", () => {
  it("comes with what is theirs by a merge, and nobody else", async () => {
    await fill();
    const lines = await exported(right);
    expect(JSON.parse(lines[0] ?? "").header).toMatchObject({ scope: { practitionerId: right } });
    const others = [personId("zhao")];
    for (const other of others) expect(lines.filter((line) => line.includes(other))).toEqual([]);
    await imported(lines);
    const chain = (sql: Sql) => sql`
      SELECT practitioner_id, sequence, encode(hash, 'hex') FROM ledger.head
      WHERE practitioner_id = ANY(${[wrong, right]}::uuid[]) ORDER BY 1`;
    expect([...(await chain(copySql))]).toEqual([...(await chain(ledger.sql))]);
    for (const table of ["projection.balance", "projection.record_state", "admission.version", "verdict.access_log"]) {
      const own = (await contentOf(ledger.sql, table)).filter((row) => !row.includes(personId("zhao")));
      expect([table, await contentOf(copySql, table)]).toEqual([table, own]);
    }
    // Its postings wait for positions of their own.
    const numbered = { sql: copySql, clock: ledger.clock, treeHash: sha256TreeHash, chance: () => 0.5 };
    const { size } = await signCheckpoint({ ...numbered, origin, signer });
    const [row] = await copySql`SELECT count(*)::int AS entries FROM ledger.entry`;
    expect(size).toBe(row?.entries);
  });

  it("must be known", async () => {
    await expect(exported(personId("nobody"))).rejects.toThrow(PersonNotExported);
  });
});
