import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type VerifyPlan, verifyDatabase } from "../../scripts/ledger/verify/verify-database.ts";
import { type PartsPlan, verifyParts } from "../../scripts/ledger/verify/verify-parts.ts";
import { generatedMaterials } from "./arrivals.ts";
import { fillWorld, number, postMore, rehash, sign, signer } from "./audited-world.ts";
import { checkProperty } from "./check-property.ts";
import { denseMaterials } from "./dense-rows.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";
import { runSchedule } from "./run-schedule.ts";
import { schedules } from "./schedule.ts";

let world: LedgerWorld;
beforeAll(async () => {
  world = await openLedgerWorld();
});
afterAll(() => world.close());

const program = pathToFileURL(join(import.meta.dirname, "../../scripts/ledger/main.ts"));
/** As the services of this world derive, whose rules lie in no database. */
const full = async () => ({ nameVariants: "hold" as const, indexKey: null, rules: await world.posting.rules() });
const verify = (plan: Partial<VerifyPlan> = {}) =>
  verifyDatabase({ databaseUrl: world.ownerUrl, limit: 10, threads: null, progress: () => undefined, ...plan });

test.each([
  ["a small world", denseMaterials, 6],
  ["generated feeds", generatedMaterials, 4],
] as const)(
  "what posting after posting has left is sound, whatever came in whatever order: %s",
  async (_name, materials, runs) => {
    await checkProperty(
      fc.asyncProperty(materials, schedules, async (material, steps) => {
        await runSchedule(world, material, steps);
        await sign(world);
        await postMore(world, material, "later", 2);
        await number(world);
        await postMore(world, material, "waits", 2);
        const { tally, entries } = await verify({ verifierKey: signer.verifierKey, full: await full() });
        expect(tally.first).toEqual([]);
        const [stored] = await world.owner<{ entries: number }[]>`SELECT count(*)::int AS entries FROM ledger.entry`;
        expect(entries).toBe(stored?.entries);
      }),
      runs,
    );
  },
);

test("threads find what one program finds, in the same order", async () => {
  await fillWorld(world);
  await world.owner.unsafe(
    "SET session_replication_role = replica; UPDATE ledger.entry SET title = title || '!' WHERE sequence % 3 = 0",
  );
  const alone = await verify();
  expect(alone.tally.counts.get("entry_hash_differs")).toBeGreaterThan(3);
  const steps: number[] = [];
  const threads = { program, count: 2 };
  const two = { ...threads, isAmong: false };
  const both = await verify({ threads: two, entriesPerTask: 3, progress: (done) => void steps.push(done) });
  expect(both).toEqual(alone);
  expect(await verify({ threads, entriesPerTask: 3 })).toEqual(alone);
  expect(steps.length).toBeGreaterThan(3);
  expect(steps).toEqual(steps.toSorted((left, right) => left - right));
});

describe("a run over some parts", () => {
  const verifySome = (parts: PartsPlan["parts"], plan: Partial<PartsPlan> = {}) =>
    verifyParts({
      ...{ databaseUrl: world.ownerUrl, limit: 100, threads: null, progress: () => undefined, parts },
      ...plan,
    });
  const tamper = (statement: string) => world.owner.unsafe(`SET session_replication_role = replica; ${statement}`);

  test("goes through everybody, and says what it left out", async () => {
    await fillWorld(world);
    const whole = await verify();
    expect(whole.leftOut).toEqual(["records", "verdicts"]);
    const { people, entries, erased } = whole;
    for (const parts of [["chain"], ["balances"], ["states", "balances"]] as const) {
      const steps: number[] = [];
      const progress = (done: number, all: number) => void steps.push(done, all);
      const report = await verifySome(parts, { entriesPerTask: 3, progress });
      expect(report).toMatchObject({ people, entries, erased, tally: { first: [] } });
      expect(steps.slice(-2)).toEqual([entries, entries]);
      expect(report.leftOut).not.toContain("chain");
      expect(report.leftOut).toEqual(expect.arrayContaining(["postings", "feed", "tree", "checkpoints", "records"]));
      expect(report.leftOut.includes("states")).toBe(!(parts as readonly string[]).includes("states"));
    }
  });

  test("finds with threads what it finds alone, also where heads are wrong or gone", async () => {
    await fillWorld(world);
    await tamper(`
      UPDATE ledger.entry SET title = title || '!' WHERE sequence % 3 = 0;
      DELETE FROM ledger.head WHERE turn % 3 = 0;
      UPDATE ledger.head SET sequence = -5 WHERE turn % 3 = 1;
      UPDATE ledger.head SET sequence = 9223372036854775807 
        WHERE practitioner_id = (SELECT practitioner_id FROM ledger.head ORDER BY practitioner_id DESC LIMIT 1);
      UPDATE projection.record_state SET sequence = sequence + 1 WHERE state = 'registered'`);
    const { tally, entries } = await verify({ limit: 100 });
    const alone = await verifySome(["chain", "balances", "states"], { entriesPerTask: 3 });
    expect(alone.entries).toBe(entries);
    const foundBySome = tally.first.filter(({ code, field }) => code !== "feed_differs" && field !== "turn");
    const ofPeople = foundBySome.filter(({ table }) => !table.startsWith("ledger.tree") && table !== "ledger.outbox");
    expect(alone.tally.first).toEqual(ofPeople);
    const threads = { program, count: 2 };
    expect(await verifySome(["chain", "balances", "states"], { entriesPerTask: 3, threads })).toEqual(alone);
    await tamper("DELETE FROM ledger.head");
    const headless = await verifySome(["chain"]);
    expect(headless).toMatchObject({ entries, people: alone.people });
    expect(headless.tally.counts.get("head_differs")).toBe(alone.people);
  });

  test("finds of states only what it was asked for", async () => {
    await fillWorld(world);
    await tamper("UPDATE projection.record_state SET source = 'x'");
    expect((await verifySome(["chain", "balances"])).tally.first).toEqual([]);
    expect((await verifySome(["states"])).tally.counts.get("record_state_differs")).toBeGreaterThan(0);
  });
});

test("what is posted, numbered and signed meanwhile is no finding", async () => {
  const material = await fillWorld(world);
  let isOver = false;
  let rounds = 0;
  const writing = (async () => {
    while (!isOver || rounds < 3) {
      await postMore(world, material, `later-${rounds}`, 2);
      if (rounds % 2 === 0) await number(world);
      else await sign(world);
      rounds += 1;
    }
  })();
  const reports = [];
  for (let round = 0; round < 4; round += 1) {
    reports.push(await verify({ entriesPerTask: 3, verifierKey: signer.verifierKey, full: await full() }));
  }
  isOver = true;
  await writing;
  expect(reports.flatMap(({ tally }) => tally.first)).toEqual([]);
});

test("a name that only a batch that waits has brought is no finding, and is one where no batch waits", async () => {
  const { arrivals, categories } = await fillWorld(world);
  const [row] = arrivals.flatMap((one) =>
    one.kind === "row" && one.source === "quzhou-city" && one.raw.Status === 3 ? [one.raw] : [],
  );
  await world.reset(categories);
  const chain = async () =>
    (await world.owner<{ kind: string }[]>`SELECT kind FROM ledger.entry ORDER BY sequence`).map(({ kind }) => kind);
  const found = async () => {
    const { tally, unposted } = await verify({ full: await full() });
    return { found: tally.first.map(({ code, table }) => `${code} ${table}`), unposted };
  };
  // The row names somebody, and is refused for its hours: by a row that is not admitted nobody is known.
  await world.pull("quzhou-city", [{ ...row, Id: "refused-1", Credit: "很多" }]);
  for (const batchId of await world.unposted()) await world.post(batchId);
  expect(await chain()).toEqual(["posting"]);
  await world.pull("quzhou-city", [{ ...row, Id: "admitted-1" }]);
  const waiting = await world.unposted();
  const known = await world.owner`SELECT FROM admission.identity`;
  expect([known.length, waiting.length, await chain()]).toEqual([1, 1, ["posting"]]);
  expect(await found()).toEqual({ found: [], unposted: 1 });

  const mark = (at: string) =>
    world.owner.unsafe(`SET session_replication_role = replica;
    UPDATE acquisition.batch SET posted_at = ${at} WHERE batch_id IN ('${waiting.join("','")}')`);
  await mark("now()");
  expect((await found()).found).toContain("name_differs admission.identity");
  await mark("NULL");
  for (const batchId of waiting) expect(await world.post(batchId)).toBe("posted");
  expect(await chain()).toEqual(["posting", "identity", "posting"]);
  expect(await found()).toEqual({ found: [], unposted: 0 });
});

describe("one who changes entries and makes every hash anew", () => {
  const asSuperuser = (statement: string) => world.owner.unsafe(`SET session_replication_role = replica; ${statement}`);
  /** Hours of somebody's first withdrawn or unclassified record: no balance speaks of them. */
  const change = (from: number) =>
    asSuperuser(`
      UPDATE ledger.entry SET title = 'another title' WHERE (practitioner_id, sequence) = (
        SELECT practitioner_id, sequence FROM ledger.entry JOIN projection.record_state USING (practitioner_id, sequence)
        WHERE record_state.achievement_key IS NULL AND recorded_at > to_timestamp(${from} / 1000.0)
        ORDER BY recorded_at LIMIT 1)`);
  let outside = "";
  let signedAtMs = 0;
  beforeEach(async () => {
    const material = await fillWorld(world);
    const { note } = await sign(world);
    outside = note;
    signedAtMs = world.clock();
    await postMore(world, material, "later", 6);
    await sign(world);
  });
  const verifyWith = (note: string | null) =>
    verify({
      verifierKey: signer.verifierKey,
      checkpoints: note === null ? [] : [{ name: "kept outside", note }],
    });

  test("is found by every checkpoint that the ledger kept since", async () => {
    await change(0);
    await rehash(world.owner);
    const { tally, uncovered } = await verifyWith(null);
    expect(new Set(tally.first.map(({ code }) => code))).toEqual(new Set(["checkpoint_differs"]));
    expect(tally.counts.get("checkpoint_differs")).toBeGreaterThanOrEqual(3);
    expect(uncovered).toEqual({ entries: 0, sinceMs: null });
  });

  test("and throws the checkpoints away, is found by the one that was kept outside", async () => {
    await change(0);
    await rehash(world.owner);
    await asSuperuser("DELETE FROM ledger.checkpoint");
    expect((await verifyWith(null)).tally.first).toEqual([]);
    const { tally } = await verifyWith(outside);
    expect(tally.first.map(({ key, field }) => [key, field])).toEqual([
      ["kept outside", "root"],
      ["kept outside", "heads_root"],
    ]);
  });

  test("after the last checkpoint that was kept outside is not found, and how much that may be is said", async () => {
    await change(signedAtMs);
    await rehash(world.owner);
    await asSuperuser("DELETE FROM ledger.checkpoint");
    const { tally, uncovered, entries } = await verifyWith(outside);
    expect(tally.first).toEqual([]);
    const [size] = outside.split("\n").slice(1);
    expect(uncovered.entries).toBe(entries - Number(size));
    const [first] = await world.owner<{ at: number }[]>`
      SELECT min(recorded_at) AS at FROM ledger.entry WHERE recorded_at > to_timestamp(${signedAtMs} / 1000.0)`;
    expect(uncovered).toEqual({ entries: expect.any(Number), sinceMs: first?.at });
    expect(uncovered.entries).toBeGreaterThan(5);
  });

  test("or shortens the ledger, is found by the checkpoint that says how long it was", async () => {
    const { note } = await sign(world);
    await asSuperuser(
      "DELETE FROM ledger.checkpoint; DELETE FROM ledger.feed WHERE position = (SELECT max(position) FROM ledger.feed)",
    );
    const { tally } = await verifyWith(note);
    expect(tally.first).toContainEqual(
      expect.objectContaining({ code: "checkpoint_differs", key: "kept outside", field: "size" }),
    );
  });
});
