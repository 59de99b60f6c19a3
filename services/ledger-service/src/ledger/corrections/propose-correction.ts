import { type CorrectionRequest, fieldError, type Language, LIMITS } from "@xueshi/contracts";
import {
  type CorrectedValues,
  type CorrectionRow,
  lockCorrection,
  readCorrection,
  readErased,
  type Transaction,
  writeCorrection,
  writeCorrectionRecords,
  writeCorrectionStep,
} from "@xueshi/database";
import { uuidFromDigest } from "@xueshi/domain";
import { HttpProblem } from "@xueshi/http";
import type { RulesInForce } from "../../classification/rules-in-force.ts";
import { noteOf } from "../note-of.ts";
import { runPosting } from "../run-posting.ts";
import { chooseRecords } from "./choose-records.ts";
import type { CorrectionContext } from "./correction-context.ts";
import { decideRecords } from "./decide-records.ts";
import { type FoundRecords, findPeople } from "./find-records.ts";
import { type PlannedCorrection, planCorrection } from "./plan-correction.ts";

export interface CorrectionToPropose {
  readonly request: CorrectionRequest;
  /** Public name of the operator's key: its holder. */
  readonly holder: string;
  readonly receivedAtMs: number;
  readonly idempotencyKey: string | null;
  readonly language: Language;
}

export interface ProposedCorrection {
  readonly correctionId: string;
  /** Whether an earlier request with the same key proposed it. */
  readonly isReplayed: boolean;
}

/**
 * Keeps a correction that an operator asks for, with a preview of what it would do; nothing is posted. Under an
 * Idempotency-Key it is proposed once. Throws `correction_records_unknown`, `correction_too_large` and
 * `idempotency_key_reused`.
 */
export async function proposeCorrection(
  context: CorrectionContext,
  asked: CorrectionToPropose,
): Promise<ProposedCorrection> {
  const correction = correctionOf(context, asked);
  const { correctionId } = correction;
  const isReplayed = await runPosting(context, async (tx, rules) => {
    await lockCorrection(tx, correctionId);
    const earlier = await readCorrection(tx, correctionId);
    if (earlier !== null) {
      if (earlier.requestDigest !== correction.requestDigest) throw new HttpProblem("idempotency_key_reused");
      return true;
    }
    const found = await findAsked(tx, asked);
    const planned = await previewCorrection(tx, correction, found, rules, context);
    await writeCorrection(tx, correction);
    await keepPreview(tx, correction, { step: 1, kind: "proposed", actor: asked.holder, planned, context });
    return false;
  });
  return { correctionId, isReplayed };
}

function correctionOf(context: CorrectionContext, asked: CorrectionToPropose): CorrectionRow {
  const { request, holder, receivedAtMs, idempotencyKey } = asked;
  const { kind, reason, document = null, filter, changes } = request;
  const requestKey = `request\u0000${holder}\u0000corrections\u0000${idempotencyKey}`;
  return {
    correctionId: idempotencyKey === null ? context.newId() : uuidFromDigest(context.sha256Hex(requestKey)),
    ...{ kind, reason, document, filter: filter ?? null, changes: changes === undefined ? null : valuesOf(changes) },
    ...{ proposedBy: holder, proposedAtMs: receivedAtMs },
    requestDigest: context.sha256Hex(JSON.stringify(request)),
  };
}

function valuesOf({ hours, year, ...rest }: NonNullable<CorrectionRequest["changes"]>): CorrectedValues {
  const named = { hoursHundredths: hours, attributedYear: year, ...rest };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) as CorrectedValues;
}

/** The records that a request names or finds. */
async function findAsked(tx: Transaction, { request, language }: CorrectionToPropose): Promise<FoundRecords> {
  const { recordKeys, filter, apply } = request;
  if (filter !== undefined) {
    const chosen = await chooseRecords(tx, filter);
    if (apply === true && chosen.length > LIMITS.correctionsAtOnceMax) throw new HttpProblem("correction_too_large");
    return findPeople(tx, chosen);
  }
  const found = await findPeople(tx, [...new Set(recordKeys)]);
  const erased = await readErased(
    tx,
    found.groups.flatMap(({ people }) => people),
  );
  const errors = (recordKeys ?? [])
    .flatMap((key, index) => {
      const people = found.records.get(key)?.people;
      if (people?.some((person) => erased.has(person)) === false) return [];
      return fieldError(`recordKeys[${index}]`, people === undefined ? "not_known" : "erased", language);
    })
    .slice(0, UNKNOWN_TOLD_MAX);
  if (errors.length === 0) return found;
  throw new HttpProblem("correction_records_unknown", { errors });
}

const UNKNOWN_TOLD_MAX = 50;

/** Thrown to take back what was only tried. */
class Tried extends Error {
  readonly planned: PlannedCorrection;
  constructor(planned: PlannedCorrection) {
    super("only tried");
    this.planned = planned;
  }
}

/** Plans a correction as if it were applied now, and takes back whatever that wrote. */
async function previewCorrection(
  tx: Transaction,
  correction: CorrectionRow,
  { records, groups }: FoundRecords,
  rules: RulesInForce,
  context: CorrectionContext,
): Promise<PlannedCorrection> {
  const actor = correction.proposedBy;
  const note = noteOf(correction);
  const deciding = { correction, actor, note, nowMs: context.clock() };
  const tried = tx.savepoint(async (point) => {
    const decide: Parameters<typeof planCorrection>[1]["decide"] = (keys, derived) =>
      decideRecords(point, keys, derived, deciding);
    const asked = { records, decide, reason: correction.kind, actor, note };
    throw new Tried(await planCorrection(point, asked, groups, rules, context));
  });
  return tried.then(
    () => Promise.reject(new Error("a try is always taken back")),
    (error: unknown) => (error instanceof Tried ? error.planned : Promise.reject(error)),
  );
}

/** Keeps what a preview saw as the next step of a correction. */
export async function keepPreview(
  tx: Transaction,
  { correctionId }: Pick<CorrectionRow, "correctionId">,
  {
    step,
    kind,
    actor,
    planned,
    context,
  }: {
    readonly step: number;
    readonly kind: "proposed" | "previewed";
    readonly actor: string;
    readonly planned: PlannedCorrection;
    readonly context: CorrectionContext;
  },
): Promise<void> {
  const { preview, digest: previewDigest, records } = planned;
  const taken = { correctionId, step, kind, actor, takenAtMs: context.clock() };
  await writeCorrectionStep(tx, { ...taken, reason: null, preview, previewDigest, postingIds: null });
  await writeCorrectionRecords(tx, { correctionId, step }, records);
}
