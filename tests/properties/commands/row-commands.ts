import fc from "fast-check";
import { expect } from "vitest";
import { decideRows } from "../../../services/ingestion-worker/src/admission/quarantine/decide-rows.ts";
import { openRawRow } from "../../../services/ingestion-worker/src/admission/quarantine/open-raw-row.ts";
import {
  type QuarantineRow,
  quarantineRowsOf,
} from "../../../services/ingestion-worker/src/admission/quarantine/quarantine-row.ts";
import { readRecordFiles } from "../../../services/ingestion-worker/src/admission/quarantine/record-file.ts";
import { undoDecision } from "../../../services/ingestion-worker/src/admission/quarantine/undo-decision.ts";
import { type ModelState, sameContent, sameRow, statusOf, versionsOf } from "../decision-model.ts";
import type { AuditedLedger } from "./audited-ledger.ts";
import { anyOf, type CommandKind, pick } from "./command.ts";
import { judgingOf } from "./derive-standings.ts";
import type { LedgerModel, RowDecision } from "./ledger-model.ts";
import { correctedRow, type LedgerRow } from "./read-intake.ts";

const REFUSED_EACH = 5;

type DecisionKind = RowDecision["kind"];

/** A row that is kept apart, as the product lists it and as the model knows it. */
interface ApartPair {
  readonly listed: QuarantineRow;
  readonly row: LedgerRow;
}

/** An operator looks at a row that is kept apart: accepts it, refuses it, or puts the right one in its place. */
export const decideRow = (kind: DecisionKind): CommandKind<{ row: number; hours: number }> => ({
  ...{ kind: `${kind} a row`, weight: 2 },
  plan: fc.record({ row: anyOf, hours: fc.constantFrom(12, 60, 90) }),
  run: async (model, real, { row, hours }) => {
    const state = judgingOf(model.facts);
    const apart = await readApart(real, state);
    const decidable = apart.filter((pair) => {
      if (kind === "correct") return isCorrectable(state, pair.row);
      // A refused row cannot be accepted, which is tried now and then.
      return kind === "refuse" || pair.row.hours !== null || row % REFUSED_EACH === 0;
    });
    const chosen = pick(decidable, row);
    if (chosen === undefined) return false;
    const { ingestion } = real;
    const correction =
      kind === "correct" ? { changes: { hours }, raw: await openRawRow(ingestion, chosen.listed) } : null;
    const { outcomes } = await decideRows(ingestion, {
      ...{ rows: [chosen.listed], kind, correction, reason: "looked at", document: "a document", actor: "operator" },
      language: "en",
    });
    const [outcome] = outcomes;
    const earlier = state.decisions.find((one) => sameRow(one.row, chosen.row));
    if (earlier !== undefined) {
      const isSame = earlier.kind === kind && kind !== "correct";
      expect(outcome?.outcome).toBe(isSame ? "unchanged" : "not_decided");
      return false;
    }
    if (chosen.row.hours === null && kind === "accept") {
      expect(outcome?.outcome).toBe("not_decided");
      return false;
    }
    if (outcome?.outcome !== "decided") throw new Error(`it was not decided of: ${JSON.stringify(outcome)}`);
    keep(model, state, { id: outcome.decisionId, kind, row: chosen.row, hours });
    model.isPosted = false;
    return true;
  },
});

/** Rows that are kept apart, of those that a source sent for somebody's id and that do not say withdrawn. */
async function readApart(real: AuditedLedger, state: ModelState<LedgerRow>): Promise<ApartPair[]> {
  const records = new Map(state.rows.map(({ said }) => [real.recordKeyOf(said.platform, said.recordId), said]));
  const listed = (await readRecordFiles(real.ingestion.sql, [...records.keys()])).flatMap(quarantineRowsOf);
  return listed.flatMap((one): ApartPair[] => {
    if (one.code === "id_invalid") return [];
    const ofTime = state.rows.filter(
      ({ said, time }) => said.platform === one.source && said.recordId === one.recordId && time === one.updateTimeMs,
    );
    const row = ofTime.find(({ said, isRequest }) => !isRequest && said.digest === one.contentDigest);
    if (row === undefined) {
      expect(
        ofTime.some(({ isRequest }) => isRequest),
        `a row of ${one.recordId} came`,
      ).toBe(true);
      return [];
    }
    return row.said.status === "withdrawn" ? [] : [{ listed: one, row }];
  });
}

/** What takes back a correction is a matter of its own; here no source says withdrawn of what operators correct. */
function isCorrectable(state: ModelState<LedgerRow>, row: LedgerRow): boolean {
  const ofRecord = state.rows.filter(({ recordId }) => recordId === row.recordId);
  return row.arrival?.kind === "push" && ofRecord.every(({ said }) => said.status !== "withdrawn");
}

/** What follows from a decision, by how things stood before it. */
function keep(
  { facts }: LedgerModel,
  before: ModelState<LedgerRow>,
  { id, kind, row, hours }: Pick<RowDecision, "id" | "kind" | "row"> & { readonly hours: number },
): void {
  const isHeldByName = row.hours !== null && statusOf(before, row) === "identity_conflict";
  const alias = kind === "accept" && isHeldByName ? row.name : null;
  const besides = versionsOf(before, row.recordId).filter((one) => one.time === row.time && !sameContent(one, row));
  const competes = besides.some((one) => statusOf(before, one) === "admitted");
  const corrected = kind === "correct" ? correctedRow(row, hours, `corrected ${id}`) : null;
  const stands = corrected !== null || (kind === "accept" && competes);
  const isSaid = before.decisions.some(
    ({ corrected: other }) =>
      other !== null && other.person === corrected?.person && statusOf(before, other) === "admitted",
  );
  if (corrected !== null && !isSaid) facts.claims = new Map([...facts.claims, [corrected.person, corrected.name]]);
  if (corrected !== null) facts.everCorrected.add(row.recordId);
  facts.rowDecisions.push({ id, kind, row, alias, stands, corrected });
}

export const undoRow: CommandKind<{ decision: number }> = {
  ...{ kind: "undo a row's decision", weight: 2 },
  plan: fc.record({ decision: anyOf }),
  isPossible: ({ facts }) => facts.rowDecisions.length > 0,
  run: async (model, real, { decision }) => {
    const { facts } = model;
    const chosen = pick(facts.rowDecisions, decision);
    if (chosen === undefined) return false;
    const undone = { decisionId: chosen.id, reason: "looked again", actor: "operator" };
    expect(await undoDecision(real.ingestion, undone)).toMatchObject({ kind: "undone" });
    expect(await undoDecision(real.ingestion, undone)).toEqual({ kind: "conflict" });
    facts.rowDecisions = facts.rowDecisions.filter((one) => one !== chosen);
    model.isPosted = false;
    return true;
  },
};
