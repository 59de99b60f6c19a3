import { readReadmission } from "@xueshi/database";
import { CONTENT_DIGITS } from "@xueshi/domain";
import { SOURCES, type SourceRegistry } from "@xueshi/platforms";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestReadmission } from "../../services/ingestion-worker/src/admission/readmission/request-readmission.ts";
import { runReadmission } from "../../services/ingestion-worker/src/admission/readmission/run-readmission.ts";
import type { RawRow } from "../oracle/index.ts";
import { type Arrival, generatedMaterials, type Material } from "./arrivals.ts";
import { checkProperty } from "./check-property.ts";
import { denseMaterials } from "./dense-rows.ts";
import { type LedgerWorld, openLedgerWorld } from "./ledger-world.ts";
import { readStandingLines } from "./standing-rows.ts";
import { MISTAKES, MISTAKES_BY_KIND, registryWith } from "./wrong-mappings.ts";

let world: LedgerWorld;
let queue: LedgerWorld["ingestion"]["queue"];
beforeAll(async () => {
  world = await openLedgerWorld();
  queue = world.ingestion.queue;
});
afterAll(() => world.close());

const never = new AbortController().signal;
/** Small, so that the rows of a run lie in several parts and groups. */
const SIZES = { rowsPerPart: 20, recordsPerGroup: 4 };

function goBy(sources: SourceRegistry): void {
  Object.assign(world.ingestion, { sources });
  Object.assign(world.posting, { sources });
}

/** Equal rows are told apart in a file otherwise than in a listing. */
function fileOf(source: string): string | null {
  return SOURCES.platformNamed(source)?.connection.transport === "file" ? "export.csv" : null;
}

/** Takes arrivals in pages of a few rows, as each source sends them, and posts what came now and then. */
async function take(arrivals: readonly Arrival[], pageRows: number): Promise<void> {
  for (let from = 0; from < arrivals.length; from += pageRows) {
    const bySource = Map.groupBy(arrivals.slice(from, from + pageRows), (one) => `${one.kind}/${one.source}`);
    for (const part of bySource.values()) {
      const source = part[0]?.source ?? "";
      const rows = part.flatMap((one): RawRow[] => (one.kind === "row" ? [one.raw] : []));
      const pushes = part.flatMap((one) => (one.kind === "push" ? [one.push] : []));
      if (rows.length > 0) await world.pull(source, rows, undefined, fileOf(source));
      if (pushes.length > 0) await world.push(source, pushes, world.clock());
    }
    if ((from / pageRows) % 2 === 0) await postAll();
  }
  await postAll();
}

async function postAll(): Promise<void> {
  for (const batchId of await world.unposted()) expect(await world.post(batchId)).toMatch(/posted|waiting/);
}

/** Stops the process, as it were, once so many groups are stored. */
function stopAfter(groups: number): AbortSignal {
  const stop = new AbortController();
  let left = groups;
  const enqueue = async () => {
    left -= 1;
    if (left === 0) stop.abort();
  };
  Object.assign(world.ingestion, { queue: { ...queue, enqueue } });
  return stop.signal;
}

/** @param stops after how many stored groups the process dies, one after the other */
async function readmit(
  source: string,
  mode: "compare" | "apply",
  { repost = false, stops = [] }: { readonly repost?: boolean; readonly stops?: readonly number[] } = {},
): Promise<Record<string, number>> {
  const said = { source, mode, repost, reason: "mended", actor: "operator", idempotencyKey: null };
  const { row: asked } = await requestReadmission(world.ingestion, { ...said, receivedAtMs: world.clock() });
  const { readmissionId } = asked;
  for (const groups of stops) {
    expect(await runReadmission(world.ingestion, readmissionId, stopAfter(groups), SIZES)).toMatch(
      /stopped|ended|over/,
    );
  }
  Object.assign(world.ingestion, { queue });
  const isOver = (await readReadmission(world.ingestion.sql, readmissionId))?.endedAtMs !== null;
  expect(await runReadmission(world.ingestion, readmissionId, never, SIZES)).toBe(isOver ? "over" : "ended");
  await postAll();
  const row = await readReadmission(world.ingestion.sql, readmissionId);
  expect(row?.state).toBe(mode === "apply" ? "done" : "compared");
  return row?.progress.sums ?? {};
}

/** How everything stands, and how many rows said what takes part. */
async function standing(): Promise<string[]> {
  const rows = await world.owner<{ said: string }[]>`
    SELECT concat_ws(' ', record_key, update_time, left(encode(content_digest, 'hex'), ${CONTENT_DIGITS}), occurrences) AS said
    FROM admission.version WHERE voided_by IS NULL ORDER BY said`;
  return [...(await readStandingLines(world.owner)), ...rows.map(({ said }) => said)];
}

const plans = fc.record({
  mistake: fc.constantFrom(...Object.values(MISTAKES_BY_KIND)).chain((kind) => fc.constantFrom(...kind)),
  /** Rows that come together, of all sources. */
  pageRows: fc.constantFrom(8, 24),
  /** How much of it comes before the mistake is noticed. */
  share: fc.constantFrom(0.4, 0.8, 1),
  /** Whether the last rows before it are sent again after it, as an overlap does. */
  again: fc.boolean(),
  stops: fc.constantFrom([], [1], [1, 2]),
});
type Plan = typeof plans extends fc.Arbitrary<infer P> ? P : never;

async function expectMended(material: Material, { mistake, pageRows, share, again, stops }: Plan): Promise<void> {
  const { arrivals, categories } = material;
  const noticed = Math.floor(arrivals.length * share);
  const before = arrivals.slice(0, noticed);
  const after = arrivals.slice(again ? Math.max(0, noticed - 5) : noticed);
  const source = MISTAKES[mistake]?.platform ?? "";
  fc.pre(before.some((one) => one.kind === "row" && one.source === source));

  await world.reset(categories);
  goBy(SOURCES);
  await take(before, pageRows);
  const right = await standing();
  await take(after, pageRows);
  const rightAtEnd = await standing();

  await world.reset(categories);
  goBy(registryWith(mistake));
  await take(before, pageRows);
  const wrong = await standing();
  goBy(SOURCES);
  const compared = await readmit(source, "compare");
  expect(await standing(), "a comparison changes nothing").toEqual(wrong);
  const applied = await readmit(source, "apply", { repost: true, stops });
  expect(await standing()).toEqual(right);
  const { peopleRenamed: _, ...listed } = applied;
  expect(compared, "what is done is what was listed").toEqual(listed);
  const { pages, rows, pagesLeft, pagesUnreadable, ...rest } = await readmit(source, "apply");
  expect(rest, "nothing is left to do").toEqual({});
  await take(after, pageRows);
  expect(await standing(), "what comes later is taken as ever").toEqual(rightAtEnd);
}

test.each([
  ["a small world", denseMaterials, 12],
  ["generated feeds", generatedMaterials, 5],
] as const)(
  "what a mended mapping reads anew ends as if it had never been wrong: %s",
  async (_name, materials, runs) => {
    await checkProperty(fc.asyncProperty(materials, plans, expectMended), runs);
  },
);
