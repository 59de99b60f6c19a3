import fc from "fast-check";
import { expect } from "vitest";
import { standing } from "../../oracle/index.ts";
import type { Arrival } from "../arrivals.ts";
import { versionsOf } from "../decision-model.ts";
import { denseArrivals } from "../dense-rows.ts";
import { arrivalTime } from "../run-schedule.ts";
import type { AuditedLedger } from "./audited-ledger.ts";
import { anyOf, type CommandKind, pick } from "./command.ts";
import { currentOf, judgingOf } from "./derive-standings.ts";
import type { LedgerModel } from "./ledger-model.ts";
import { rowsOf, withdrawal } from "./read-intake.ts";

/** Rows come, in one batch for each source or cut into several; `together`: the sources' batches are stored at once. */
const ingest = (
  kind: string,
  weight: number,
  parts: fc.Arbitrary<number>,
  together: boolean,
): CommandKind<IngestPlan> => ({
  ...{ kind, weight },
  plan: fc.record({
    arrivals: fc
      .array(denseArrivals, { minLength: 1, maxLength: 4, size: "max" })
      .map((some) => some.flat().map(asDecidable)),
    parts,
  }),
  run: async (model, real, { arrivals, parts }) => {
    const size = Math.ceil(arrivals.length / parts);
    for (let from = 0; from < arrivals.length; from += size) {
      await store(model, real, arrivals.slice(from, from + size), together);
    }
    return parts === 1 || arrivals.length > 1;
  },
});

interface IngestPlan {
  readonly arrivals: readonly Arrival[];
  readonly parts: number;
}

export const intakeCommands = [
  ingest("ingest", 5, fc.constant(1), false),
  ingest("ingest in parts", 2, fc.integer({ min: 2, max: 3 }), false),
  ingest("ingest at once", 2, fc.constant(1), true),
] as const;

/** Rows of the training platform are corrected by operators; such a record is only withdrawn by name. */
export function asDecidable(arrival: Arrival): Arrival {
  if (arrival.kind !== "push" || arrival.push.status !== "withdrawn") return arrival;
  return { ...arrival, push: { ...arrival.push, status: "final" } };
}

export /** Stores arrivals, one batch for each source. */
async function store(
  model: LedgerModel,
  real: AuditedLedger,
  arrivals: readonly Arrival[],
  together: boolean,
): Promise<void> {
  const storing: (() => Promise<unknown>)[] = [];
  for (const [source, batch] of Map.groupBy(arrivals, (one) => one.source)) {
    const receivedAtMs = real.clock();
    const pushes = batch.flatMap((one) => (one.kind === "push" ? [arrivalTime(one.push, receivedAtMs)] : []));
    const rows = batch.flatMap((one) => (one.kind === "row" ? [one.raw] : []));
    storing.push(() => (rows.length > 0 ? real.pull(source, rows) : real.push(source, pushes, receivedAtMs)));
    const came = [
      ...batch.filter((one) => one.kind === "row"),
      ...pushes.map((push): Arrival => ({ kind: "push", source, push })),
    ];
    model.facts.intake.push(...came.map((arrival) => ({ kind: "arrival" as const, arrival })));
  }
  if (together) await Promise.all(storing.map((start) => start()));
  else for (const start of storing) await start();
  model.isPosted = false;
}

/** Rows that came before come again. */
export const sendAgain: CommandKind<{ from: number; count: number }> = {
  ...{ kind: "send again", weight: 2 },
  plan: fc.record({ from: anyOf, count: fc.integer({ min: 1, max: 6 }) }),
  run: async (model, real, { from, count }) => {
    const sent = model.facts.intake.flatMap((one) =>
      one.kind === "arrival" && one.takesBack === undefined ? [one.arrival] : [],
    );
    if (sent.length === 0) return false;
    const start = from % sent.length;
    await store(model, real, sent.slice(start, start + count), false);
    return true;
  },
};

/** A source takes a record back, at its own time or now. */
export const withdraw: CommandKind<{ row: number; backdated: boolean }> = {
  ...{ kind: "withdraw", weight: 2 },
  plan: fc.record({ row: anyOf, backdated: fc.boolean() }),
  run: async (model, real, { row, backdated }) => {
    const state = judgingOf(model.facts);
    const chosen = pick(state.rows, row);
    if (chosen === undefined) return false;
    const { said, recordId: record } = chosen;
    const versions = versionsOf(state, record);
    const last = standing(versions.map((version) => version.said));
    const base = currentOf(state, record) ?? versions.find((version) => version.said === last);
    // Not at the very time of a version: which one a digest puts first the rules do not say.
    const askedMs = backdated ? said.updateMs + 1 : real.clock();
    const stored = await real.withdraw(said.platform, said.recordId, askedMs);
    expect(stored === null, `nothing of ${record} is there to be withdrawn`).toBe(base === undefined);
    if (base === undefined) return false;
    model.facts.intake.push(withdrawal(base, Math.max(askedMs, base.time + 1)));
    model.isPosted = false;
    return true;
  },
};

/** One batch is posted, by several posters at once. */
export const post: CommandKind<{ batch: number; posters: number }> = {
  ...{ kind: "post", weight: 2 },
  plan: fc.record({ batch: anyOf, posters: fc.integer({ min: 1, max: 3 }) }),
  isPossible: ({ isPosted }) => !isPosted,
  run: (_model, real, { batch, posters }) => postThese(real, new Array(posters).fill(batch)),
};

/** Several batches are posted at once. */
export const postTogether: CommandKind<readonly number[]> = {
  ...{ kind: "post together", weight: 2 },
  plan: fc.array(anyOf, { minLength: 2, maxLength: 4 }),
  isPossible: ({ isPosted }) => !isPosted,
  run: (_model, real, batches) => postThese(real, batches),
};

async function postThese(real: AuditedLedger, picks: readonly number[]): Promise<boolean> {
  const waiting = await real.unposted();
  if (waiting.length === 0) return false;
  const chosen = picks.map((number) => pick(waiting, number) ?? "");
  const outcomes = await Promise.all(chosen.map((batchId) => real.post(batchId)));
  expect(outcomes.filter((outcome) => outcome === "posted")).toHaveLength(new Set(chosen).size);
  return true;
}

/** All that waits is posted, the newest batch first, and all that was posted follows the rules. */
export async function postRest(model: LedgerModel, real: AuditedLedger): Promise<void> {
  for (const batchId of (await real.unposted()).toReversed()) expect(await real.post(batchId)).toBe("posted");
  while (await real.follow());
  model.isPosted = true;
}

/** The city lists a category under another class, or no more; earlier records follow. */
export const listCategory: CommandKind<{ code: number; listedAs: number | null }> = {
  ...{ kind: "list a category", weight: 1 },
  plan: fc.record({ code: fc.constantFrom(101, 103, 201, 301, 999), listedAs: fc.constantFrom(1, 2, 3, null) }),
  run: async (model, real, { code, listedAs }) => {
    const listed = new Map(model.facts.categories);
    if (listedAs === null) listed.delete(code);
    else listed.set(code, listedAs);
    await real.keepCatalogue([...listed].map(([CategoryId, ClassTypeId]) => ({ CategoryId, ClassTypeId })));
    const isCited = rowsOf(model.facts.intake, listed).some(({ said }) => said.platform === "quzhou-city");
    model.facts.categories = listed;
    model.isPosted = false;
    return isCited;
  },
};
