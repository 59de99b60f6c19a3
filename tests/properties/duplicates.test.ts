import type { DuplicateDecisionKind } from "@xueshi/domain";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyCorrection } from "../../services/ledger-service/src/ledger/corrections/apply-correction.ts";
import type { CorrectionContext } from "../../services/ledger-service/src/ledger/corrections/correction-context.ts";
import { proposeDuplicates } from "../../services/ledger-service/src/ledger/corrections/propose-correction.ts";
import { undoCorrection } from "../../services/ledger-service/src/ledger/corrections/undo-correction.ts";
import { postBatch } from "../../services/ledger-service/src/ledger/post-batch.ts";
import { findBroken, readStanding } from "../../services/ledger-service/src/testing/read-ledger.ts";
import {
  openTestLedger,
  recordKey,
  type TestLedger,
  type TestVersion,
} from "../../services/ledger-service/src/testing/test-ledger.ts";

const RUNS = 25;

let ledger: TestLedger;
let context: CorrectionContext;
beforeAll(async () => {
  ledger = await openTestLedger();
  context = { ...ledger.context, fourEyes: new Set() };
});
afterAll(() => ledger.close());

interface Statement {
  readonly kind: DuplicateDecisionKind;
  readonly ids: readonly string[];
}

const IDS = ["a", "b", "c", "d", "e"];
/** a, b and c are one achievement by the rule, d and e are none. */
const versions: TestVersion[] = IDS.map((recordId, at) => ({
  ...{ recordId, person: "wang", hoursHundredths: 900 - 100 * at },
  title: "abc".includes(recordId) ? "课程" : `课程 ${recordId}`,
}));

const of = "record_sets" as const;
const holder = "alice";

/** Gives the id of the decision; null where another one denies it. */
async function state({ kind, ids }: Statement): Promise<string | null> {
  const request = { kind, recordSets: [ids.map((id) => recordKey(id))], reason: "looked at it" };
  const asked = { request, holder, receivedAtMs: ledger.clock(), idempotencyKey: null, language: "en" } as const;
  try {
    const { correctionId } = await proposeDuplicates(context, asked);
    await applyCorrection(context, { correctionId, of, holder });
    return correctionId;
  } catch (error) {
    expect(error).toMatchObject({ code: "duplicates_contradict" });
    return null;
  }
}

const undo = (correctionId: string) => undoCorrection(context, { correctionId, of, holder, reason: "not so" });
const standing = () => readStanding(ledger.sql);

const statements = fc.array(
  fc.record({
    kind: fc.constantFrom<DuplicateDecisionKind>("same_achievement", "distinct_achievements"),
    ids: fc.subarray(IDS, { minLength: 2 }),
    isUndone: fc.boolean(),
    order: fc.nat(),
  }),
  { minLength: 1, maxLength: 4 },
);

test("decided and taken back in any order, a ledger stands as without; the order of those that stay plays no part", async () => {
  const met = { undone: 0, kept: 0 };
  const run = async (given: readonly (Statement & { isUndone: boolean; order: number })[]) => {
    await ledger.empty();
    await postBatch(ledger.context, await ledger.store({ versions }));
    const byRule = await standing();
    const made: { statement: (typeof given)[number]; id: string }[] = [];
    for (const statement of given) {
      const id = await state(statement);
      if (id !== null) made.push({ statement, id });
    }
    const inOrder = made.toSorted((left, right) => left.statement.order - right.statement.order);
    const [undone, kept] = [true, false].map((is) => inOrder.filter(({ statement }) => statement.isUndone === is));
    for (const { id } of undone ?? []) await undo(id);
    const between = await standing();
    for (const { id } of kept ?? []) await undo(id);
    expect(await standing()).toEqual(byRule);
    for (const { statement } of kept ?? []) expect(await state(statement)).not.toBeNull();
    expect(await standing()).toEqual(between);
    expect(await findBroken(ledger.sql)).toEqual([]);
    met.undone += undone?.length ?? 0;
    met.kept += kept?.length ?? 0;
  };
  await fc.assert(fc.asyncProperty(statements, run), { numRuns: RUNS });
  expect(Math.min(met.undone, met.kept)).toBeGreaterThan(0);
});
