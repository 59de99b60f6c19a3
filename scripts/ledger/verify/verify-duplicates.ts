import {
  type CorrectionRow,
  type CorrectionStepRow,
  type DuplicateDecisionRow,
  readAllDuplicateDecisions,
  readCorrectionSteps,
  readCorrections,
  type Sql,
} from "@xueshi/database";
import { type LedgerFinding, shownValue } from "@xueshi/domain";

const CORRECTIONS_PER_PAGE = 500;

/**
 * Compares what is kept of operators' decisions about duplicates, record by record and column by column, with what was
 * proposed, applied and taken back.
 */
export async function verifyDuplicates(sql: Sql): Promise<LedgerFinding[]> {
  const kept = new Map<string, DuplicateDecisionRow>();
  const findings: LedgerFinding[] = [];
  for (const row of await readAllDuplicateDecisions(sql)) {
    if (kept.has(keyOf(row))) findings.push(nothingSaid(row));
    kept.set(keyOf(row), row);
  }
  for await (const expected of expectedRows(sql)) {
    const row = kept.get(keyOf(expected));
    kept.delete(keyOf(expected));
    if (row !== undefined) findings.push(...differences(expected, row));
    else findings.push({ ...placeOf(expected), field: null, expected: expected.recordKey, found: null });
  }
  return [...findings, ...[...kept.values()].map(nothingSaid)];
}

/** What a row says that follows from the correction; when it was decided only orders it. */
type ExpectedRow = Omit<DuplicateDecisionRow, "decidedAtMs">;

/** An undo has an id of its own. */
function keyOf({ recordKey, decisionId, undoes }: ExpectedRow): string {
  return undoes === null ? `${recordKey}/${decisionId}` : `${recordKey}/undo of ${undoes}`;
}

function placeOf({ recordKey, decisionId }: ExpectedRow): Pick<LedgerFinding, "code" | "table" | "key"> {
  return { code: "duplicate_decision_differs", table: "ledger.duplicate_decision", key: `${recordKey}/${decisionId}` };
}

function nothingSaid(row: DuplicateDecisionRow): LedgerFinding {
  return { ...placeOf(row), field: null, expected: null, found: row.recordKey };
}

function differences(expected: ExpectedRow, row: DuplicateDecisionRow): LedgerFinding[] {
  const columns = [
    ["kind", expected.kind, row.kind],
    ["record_keys", expected.recordKeys.join(), row.recordKeys.join()],
    ["reason", expected.reason, row.reason],
    ["document", expected.document, row.document],
    ["actor", expected.actor, row.actor],
  ] as const;
  return columns.flatMap(([field, wanted, found]) =>
    wanted === found ? [] : [{ ...placeOf(row), field, expected: shownValue(wanted), found: shownValue(found) }],
  );
}

async function* expectedRows(sql: Sql): AsyncGenerator<ExpectedRow> {
  for (let last: CorrectionRow | null = null; ; ) {
    const page: CorrectionRow[] = await readCorrections(sql, "record_sets", last, CORRECTIONS_PER_PAGE);
    const ids = page.map(({ correctionId }) => correctionId);
    const steps = Map.groupBy(await readCorrectionSteps(sql, ids), ({ correctionId }) => correctionId);
    for (const correction of page) yield* rowsOf(correction, steps.get(correction.correctionId) ?? []);
    if (page.length < CORRECTIONS_PER_PAGE) return;
    last = page.at(-1) ?? null;
  }
}

function* rowsOf(correction: CorrectionRow, steps: readonly CorrectionStepRow[]): Generator<ExpectedRow> {
  const { correctionId, kind, recordSets, reason, document, proposedBy } = correction;
  const applied = steps.find((step) => step.kind === "applied");
  if (recordSets === null || applied === undefined) return;
  const undoneAt = steps.findIndex((step) => step.kind === "undone");
  const [undone, before] = [steps[undoneAt], steps[undoneAt - 1]];
  for (const recordKeys of recordSets.map((set) => set.toSorted())) {
    for (const recordKey of recordKeys) {
      const made = { recordKey, decisionId: correctionId, undoes: null, kind, recordKeys, reason, document };
      yield { ...made, actor: bothHolders(proposedBy, applied.actor) };
      if (undone === undefined) continue;
      const first = before?.kind === "undo_proposed" ? before.actor : undone.actor;
      const undo = { undoes: correctionId, reason: undone.reason ?? "", document: null };
      yield { ...made, ...undo, actor: bothHolders(first, undone.actor) };
    }
  }
}

/** As entries name two holders. */
function bothHolders(first: string, second: string): string {
  return first === second ? first : `${first}+${second}`;
}
