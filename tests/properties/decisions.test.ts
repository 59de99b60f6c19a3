import { recordKeyOf } from "@xueshi/domain";
import { createSourceRegistry, definePushSource, PLATFORMS, SOURCES } from "@xueshi/platforms";
import { sha256Hex } from "@xueshi/vault";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mergePeople, undoMerge } from "../../services/ingestion-worker/src/admission/identity/merge-people.ts";
import { decideRows } from "../../services/ingestion-worker/src/admission/quarantine/decide-rows.ts";
import { openRawRow } from "../../services/ingestion-worker/src/admission/quarantine/open-raw-row.ts";
import {
  type QuarantineRow,
  quarantineRowsOf,
} from "../../services/ingestion-worker/src/admission/quarantine/quarantine-row.ts";
import { readRecordFiles } from "../../services/ingestion-worker/src/admission/quarantine/record-file.ts";
import { undoDecision } from "../../services/ingestion-worker/src/admission/quarantine/undo-decision.ts";
import { checkDigit } from "../oracle/values.ts";
import { checkProperty } from "./check-property.ts";
import {
  IMPLAUSIBLE_HOURS,
  knownName,
  line,
  type ModelDecision,
  type ModelRow,
  type ModelState,
  sameContent,
  sameRow,
  standingsOf,
  statusOf,
  versionsOf,
} from "./decision-model.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";
import { readLedger } from "./read-ledger.ts";
import { verifyLedger } from "./verify-ledger.ts";

const SOURCE = "demo-training";
const IDS = ["33089919800307001", "33089919800307002"].map((first17) => first17 + checkDigit(first17));
const RECORDS = ["R1", "R2", "R3"];
const TIMES_MS = [1, 2, 3].map((day) => Date.parse(`2020-03-0${day + 1}T10:00:00+08:00`));
const NAMES = [
  ["王伟", "王偉", "赵无名"],
  ["李芳", "钱多多", "李 芳芳"],
];

let world: LedgerWorld;
beforeAll(async () => {
  world = await openLedgerWorld();
  const [training] = SOURCES.pushSources;
  if (training === undefined) throw new Error("there is a training platform");
  const strict = definePushSource({ ...training, plausibility: { more_hours_than_days_hold: "hold" } });
  Object.assign(world.ingestion, { sources: createSourceRegistry(PLATFORMS, [strict]) });
});
afterAll(() => world.close());

/** Contents differ in their hours: those of a person and a name are their own. */
const rows: fc.Arbitrary<ModelRow> = fc
  .record({
    recordId: fc.constantFrom(...RECORDS),
    person: fc.nat(1),
    spelling: fc.constantFrom(0, 0, 0, 1, 1, 2),
    hours: fc.constantFrom<(number | null)[]>(8, 8, 16, 16, null, IMPLAUSIBLE_HOURS),
    time: fc.constantFrom(...TIMES_MS),
  })
  .map(({ spelling, hours, ...row }) => ({
    ...row,
    name: (NAMES[row.person]?.[spelling] ?? "").replaceAll(" ", ""),
    hours: hours === null ? null : hours + row.person * 4 + spelling,
  }));

/** Hours of a row's person and name: no two contents of a record tie. */
function ownHours({ person, name }: ModelRow, hours: number): number {
  const spelling = (NAMES[person] ?? []).findIndex((one) => one.replaceAll(" ", "") === name);
  return hours + person * 4 + spelling;
}

type Step =
  | { readonly do: "arrive"; readonly rows: readonly ModelRow[] }
  | { readonly do: "decide"; readonly row: number; readonly kind: ModelDecision["kind"] }
  | { readonly do: "decide-many"; readonly from: number; readonly count: number; readonly kind: "accept" | "refuse" }
  /** The same content at two times, each decided of; or several contents at one time, decided of together. */
  | { readonly do: "disagree"; readonly row: ModelRow; readonly kinds: readonly ModelDecision["kind"][] }
  | { readonly do: "compete"; readonly row: ModelRow }
  | { readonly do: "undo"; readonly decision: number }
  | { readonly do: "merge"; readonly from: number }
  | { readonly do: "unmerge" }
  | { readonly do: "post"; readonly batch: number }
  | { readonly do: "compare" };

const small = fc.nat(1_000);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("arrive" as const),
        rows: fc.array(rows, { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant("decide" as const),
        row: small,
        kind: fc.constantFrom("accept", "accept", "correct", "refuse"),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("decide-many" as const),
        from: small,
        count: fc.integer({ min: 2, max: 4 }),
        kind: fc.constantFrom("accept", "refuse"),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("disagree" as const),
        row: rows,
        kinds: fc.constantFrom<ModelDecision["kind"][]>(
          ["accept", "refuse"],
          ["accept", "accept"],
          ["accept", "correct"],
        ),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("compete" as const), row: rows }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("undo" as const), decision: small }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("merge" as const), from: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.constant({ do: "unmerge" } as const) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("post" as const), batch: small }) },
    { weight: 2, arbitrary: fc.constant({ do: "compare" } as const) },
  ),
  { minLength: 10, maxLength: 30, size: "max" },
);

interface Run {
  state: ModelState;
  merge: { readonly decisionId: string; readonly from: number } | null;
  corrections: number;
  /** How often each thing happened; a property that never decides shows nothing. */
  readonly seen: Map<string, number>;
}

const seenInAll = new Map<string, number>();

test("whatever comes and is decided, in any order, stands as by what came and the decisions in force", async () => {
  await checkProperty(
    fc.asyncProperty(steps, async (list) => {
      await world.reset([]);
      const state = { rows: [], decisions: [], merges: new Map(), claims: new Map() };
      const run: Run = { state, merge: null, corrections: 0, seen: seenInAll };
      for (const step of list) await take(run, step);
      await compare(run);
      // With every decision taken back, all is as if nobody had decided anything.
      while (run.state.decisions.length > 0) await undo(run, run.state.decisions.length - 1);
      if (run.merge !== null) await unmerge(run);
      await compare(run);
      expect(run.state.decisions).toEqual([]);
    }),
    28,
  );
  for (const what of [
    "accept",
    "correct",
    "refuse",
    "undo",
    "merge",
    "unmerge",
    "alias",
    "stands",
    "content twice",
    "time twice",
  ]) {
    expect(seenInAll.get(what) ?? 0, what).toBeGreaterThan(2);
  }
});

function note(run: Run, what: string): void {
  run.seen.set(what, (run.seen.get(what) ?? 0) + 1);
}

async function take(run: Run, step: Step): Promise<void> {
  switch (step.do) {
    case "arrive":
      return arrive(run, step.rows);
    case "decide": {
      const all = await rowsApart();
      const row = all[step.row % Math.max(1, all.length)];
      return row === undefined ? undefined : decide(run, [row], step.kind);
    }
    case "decide-many": {
      const all = await rowsApart();
      const start = step.from % Math.max(1, all.length);
      const chosen = all.slice(start, start + step.count);
      return chosen.length === 0 ? undefined : decide(run, chosen, step.kind);
    }
    case "disagree":
      return disagree(run, step.row, step.kinds);
    case "compete":
      return compete(run, step.row);
    case "undo":
      return run.state.decisions.length === 0 ? undefined : undo(run, step.decision % run.state.decisions.length);
    case "merge":
      return merge(run, step.from);
    case "unmerge":
      return run.merge === null ? undefined : unmerge(run);
    case "post": {
      const waiting = await world.unposted();
      const batchId = waiting[step.batch % Math.max(1, waiting.length)];
      if (batchId !== undefined) await world.post(batchId);
      return;
    }
    case "compare":
      return compare(run);
  }
}

async function arrive(run: Run, arriving: readonly ModelRow[]): Promise<void> {
  const pushes = arriving.map((row) => ({
    ...{ source: SOURCE, recordId: row.recordId, hours: row.hours ?? "八", status: "final", subject: "professional" },
    ...{ title: `课程${row.recordId}`, obtainedOn: "2020-03-01", studiedFrom: "2020-03-01" },
    practitioner: { idType: "resident-id", idNumber: IDS[row.person] ?? "", name: row.name },
    updatedAt: new Date(row.time).toISOString(),
  }));
  await world.push(SOURCE, pushes as never, world.clock());
  const fresh = arriving.filter((row) => !run.state.rows.some((other) => sameRow(row, other)));
  run.state = { ...run.state, rows: [...run.state.rows, ...fresh] };
}

/** An implausible content comes at two times and is decided of at each, so that two decisions speak of one content. */
async function disagree(run: Run, row: ModelRow, kinds: readonly ModelDecision["kind"][]): Promise<void> {
  const held = { ...row, hours: ownHours(row, IMPLAUSIBLE_HOURS) };
  const [first, second] = TIMES_MS.filter((time) => time !== row.time);
  const both = [first ?? 0, second ?? 0].map((time) => ({ ...held, time }));
  await arrive(run, both);
  for (const [index, kind] of kinds.entries()) {
    const [apart] = await apartAmong(run, both.slice(index, index + 1));
    if (apart !== undefined) await decide(run, [apart], kind);
  }
}

/** Contents of one record and time, all accepted in one request: the newest of several decisions says which one stands. */
async function compete(run: Run, row: ModelRow): Promise<void> {
  const rivals = [8, 16, 24].map((hours) => ({ ...row, hours: ownHours(row, hours) }));
  await arrive(run, rivals);
  const apart = await apartAmong(run, rivals);
  if (apart.length > 0) await decide(run, apart, "accept");
}

/** Those of some rows that are kept apart. */
async function apartAmong(run: Run, wanted: readonly ModelRow[]): Promise<QuarantineRow[]> {
  const apart: QuarantineRow[] = [];
  for (const row of await rowsApart()) {
    if (!wanted.some(({ recordId, time }) => recordId === row.recordId && time === row.updateTimeMs)) continue;
    const model = await modelRowOf(run, row);
    if (wanted.some((one) => sameRow(one, model))) apart.push(row);
  }
  return apart;
}

async function rowsApart(): Promise<QuarantineRow[]> {
  const keys = RECORDS.map((recordId) => recordKeyOf(sha256Hex, SOURCE, recordId));
  return (await readRecordFiles(world.ingestion.sql, keys)).flatMap(quarantineRowsOf);
}

/** The model's row for one of the product's; refused rows are told by their digest, which only names differ in. */
async function modelRowOf(run: Run, row: QuarantineRow): Promise<ModelRow> {
  const raw = await openRawRow(world.ingestion, row);
  const person = IDS.indexOf(raw?.idNumber ?? "");
  const hours = row.hoursHundredths === null ? null : row.hoursHundredths / 100;
  const wanted = { recordId: row.recordId, person, name: raw?.name ?? "", hours, time: row.updateTimeMs ?? 0 };
  const found = run.state.rows.find((one) => sameRow(one, wanted));
  if (found === undefined) throw new Error(`no row ${JSON.stringify(wanted)} came`);
  return found;
}

async function decide(run: Run, chosen: readonly QuarantineRow[], kind: ModelDecision["kind"]): Promise<void> {
  const before = run.state;
  const models = await Promise.all(chosen.map((row) => modelRowOf(run, row)));
  run.corrections += 1;
  const hours = (100 + run.corrections) / 100;
  const [first] = chosen;
  const correction =
    kind === "correct" && first !== undefined
      ? { changes: { hours }, raw: await openRawRow(world.ingestion, first) }
      : null;
  const { outcomes } = await decideRows(world.ingestion, {
    ...{ rows: chosen, kind, correction, reason: "looked at", document: "a document", actor: "operator" },
    language: "en",
  });
  models.forEach((row, index) => {
    const outcome = outcomes[index];
    const earlier = before.decisions.find((one) => sameRow(one.row, row));
    if (earlier !== undefined) {
      const isSame = earlier.kind === kind && kind !== "correct";
      expect(outcome?.outcome).toBe(isSame ? "unchanged" : "not_decided");
      return;
    }
    if (row.hours === null && kind === "accept") {
      expect(outcome?.outcome).toBe("not_decided");
      return;
    }
    if (outcome?.outcome !== "decided")
      throw new Error(`${row.recordId} was not decided of: ${JSON.stringify(outcome)}`);
    note(run, kind);
    const corrected = kind === "correct" ? { ...row, hours } : null;
    keep(run, before, { id: outcome.decisionId, kind, row, corrected });
  });
}

/** What follows from a decision, by how things stood before it. */
function keep(run: Run, before: ModelState, said: Omit<ModelDecision, "stands" | "alias">): void {
  const { row, corrected } = said;
  const isHeldByName = row.hours !== null && statusOf(before, row) === "identity_conflict";
  const alias = said.kind === "accept" && isHeldByName ? row.name : null;
  const besides = versionsOf(before, row.recordId).filter((one) => one.time === row.time && !sameContent(one, row));
  const competes = besides.some((one) => statusOf(before, one) === "admitted");
  const stands = corrected !== null || (said.kind === "accept" && competes);
  if (alias !== null) note(run, "alias");
  if (stands && corrected === null) note(run, "stands");
  const isSaid = before.decisions.some(
    (one) => one.corrected?.person === corrected?.person && isInForce(before, one.corrected),
  );
  const claims =
    corrected === null || isSaid ? before.claims : new Map([...before.claims, [corrected.person, corrected.name]]);
  run.state = { ...run.state, claims, decisions: [...run.state.decisions, { ...said, alias, stands }] };
  noteDisagreement(run);
}

/** Notes where two decisions in force say something else of one content, or of one time. */
function noteDisagreement({ state, seen }: Run): void {
  const newest = state.decisions.at(-1);
  for (const older of state.decisions.slice(0, -1)) {
    if (newest === undefined) return;
    const [left, right] = [older.row, newest.row];
    const ofContent = [older, newest].every(({ kind }) => kind !== "correct") && sameContent(left, right);
    const ofTime = left.recordId === right.recordId && left.time === right.time && older.stands && newest.stands;
    if (ofContent && older.kind !== newest.kind) seen.set("content twice", (seen.get("content twice") ?? 0) + 1);
    if (ofTime) seen.set("time twice", (seen.get("time twice") ?? 0) + 1);
  }
}

/** Whether a correction's name is that by which its person is known. */
function isInForce(state: ModelState, corrected: ModelRow | null): boolean {
  return corrected !== null && statusOf(state, corrected) === "admitted";
}

async function undo(run: Run, index: number): Promise<void> {
  const decision = run.state.decisions[index];
  if (decision === undefined) return;
  const undone = { decisionId: decision.id, reason: "looked again", actor: "operator" };
  expect(await undoDecision(world.ingestion, undone)).toMatchObject({ kind: "undone" });
  expect(await undoDecision(world.ingestion, undone)).toEqual({ kind: "conflict" });
  note(run, "undo");
  run.state = { ...run.state, decisions: run.state.decisions.filter((one) => one !== decision) };
}

async function merge(run: Run, from: number): Promise<void> {
  const into = 1 - from;
  const [fromId, intoId] = [from, into].map((person) => world.practitionerIdOf(IDS[person] ?? ""));
  const people = { from: fromId ?? "", into: intoId ?? "" };
  const outcome = await mergePeople(world.ingestion, {
    ...people,
    ...{ reason: "one person", document: null, actor: "operator" },
  });
  const areKnown = [from, into].every((person) => knownName(run.state, person) !== undefined);
  if (!areKnown) return void expect(outcome.kind).toBe("not_known");
  if (run.merge !== null) {
    return void expect(outcome).toMatchObject(
      run.merge.from === from ? { kind: "merged", batchId: null } : { kind: "not_possible" },
    );
  }
  if (outcome.kind !== "merged") throw new Error("they can be merged");
  note(run, "merge");
  run.merge = { decisionId: outcome.merge.decisionId, from };
  run.state = { ...run.state, merges: new Map([[from, into]]) };
}

async function unmerge(run: Run): Promise<void> {
  const said = { decisionId: run.merge?.decisionId ?? "", reason: "two people", actor: "operator" };
  expect(await undoMerge(world.ingestion, said)).toMatchObject({ kind: "undone" });
  expect(await undoMerge(world.ingestion, said)).toEqual({ kind: "conflict" });
  note(run, "unmerge");
  run.merge = null;
  run.state = { ...run.state, merges: new Map() };
}

async function compare(run: Run): Promise<void> {
  for (const batchId of (await world.unposted()).toReversed()) expect(await world.post(batchId)).toBe("posted");
  expect(await standingsInLedger()).toEqual(standingsOf(run.state));
  expect(await versionsTakingPart()).toEqual(takingPart(run.state));
  verifyLedger(await readLedger(world.owner));
}

/** The versions that no decision leaves out, as they are stored, and as they should be. */
async function versionsTakingPart(): Promise<string[]> {
  const stored = await world.owner<{ recordId: string; hours: number; at: number }[]>`
    SELECT record_id AS "recordId", hours_hundredths AS hours, update_time AS at FROM admission.version
    WHERE voided_by IS NULL`;
  return stored.map(({ recordId, hours, at }) => `${recordId} ${hours / 100} ${at}`).sort();
}

function takingPart(state: ModelState): string[] {
  const lines = RECORDS.flatMap((recordId) => versionsOf(state, recordId))
    .filter((version) => !["refused_by_operator", "left_out"].includes(statusOf(state, version)))
    .map(({ recordId, hours, time }) => `${recordId} ${hours} ${time}`);
  // A row that came twice is one version.
  return [...new Set(lines)].sort();
}

async function standingsInLedger(): Promise<string[]> {
  const states = await world.owner<
    { recordId: string; practitionerId: string; state: string; code: string | null; hours: number | null }[]
  >`
    SELECT entry.record_id AS "recordId", state.practitioner_id AS "practitionerId", state.state, entry.code,
      entry.hours_hundredths AS hours
    FROM projection.record_state AS state
    JOIN ledger.entry AS entry ON entry.practitioner_id = state.practitioner_id AND entry.sequence = state.sequence`;
  const people = IDS.map(world.practitionerIdOf);
  return states
    .map(({ recordId, practitionerId, state, code, hours }) =>
      line(recordId, people.indexOf(practitionerId), state, code, hours === null ? null : hours / 100),
    )
    .map((text) => text.split("#")[0] ?? "")
    .sort();
}
