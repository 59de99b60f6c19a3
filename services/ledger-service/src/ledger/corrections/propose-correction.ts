import {
  type CorrectionRequest,
  type DuplicateDecisionRequest,
  fieldError,
  type Language,
  LIMITS,
} from "@xueshi/contracts";
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

/** Who asks for a correction, and how. */
export interface Asking {
  /** Public name of the operator's key: its holder. */
  readonly holder: string;
  readonly receivedAtMs: number;
  readonly idempotencyKey: string | null;
  readonly language: Language;
}

export interface CorrectionToPropose extends Asking {
  readonly request: CorrectionRequest;
}

export interface DuplicatesToPropose extends Asking {
  readonly request: DuplicateDecisionRequest;
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
  const { kind, reason, document = null, filter, changes } = asked.request;
  const said = { kind, reason, document, filter: filter ?? null, recordSets: null };
  const correction = {
    ...said,
    ...{ changes: changes === undefined ? null : valuesOf(changes) },
    ...requestOf(context, asked, "corrections"),
  };
  return propose(context, correction, (tx) => findAsked(tx, asked));
}

/**
 * The same for sets of records of which an operator says whether they are one achievement. Throws
 * `correction_records_unknown`, `idempotency_key_reused` and what `decideDuplicates` does.
 */
export async function proposeDuplicates(
  context: CorrectionContext,
  asked: DuplicatesToPropose,
): Promise<ProposedCorrection> {
  const { kind, reason, document = null, recordSets } = asked.request;
  const said = { kind, reason, document, filter: null, changes: null, recordSets };
  const correction = { ...said, ...requestOf(context, asked, "duplicates") };
  const fieldOf = (set: number, index: number) => `recordSets[${set}][${index}]`;
  const named = recordSets.flatMap((keys, set) => keys.map((key, index) => ({ key, field: fieldOf(set, index) })));
  return propose(context, correction, (tx) => findNamed(tx, named, asked.language));
}

/** What a request says of itself; under a key of its own it is the same correction each time. */
function requestOf(
  context: CorrectionContext,
  { request, holder, receivedAtMs, idempotencyKey }: Asking & { readonly request: object },
  path: "corrections" | "duplicates",
) {
  const requestKey = `request\u0000${holder}\u0000${path}\u0000${idempotencyKey}`;
  return {
    correctionId: idempotencyKey === null ? context.newId() : uuidFromDigest(context.sha256Hex(requestKey)),
    ...{ proposedBy: holder, proposedAtMs: receivedAtMs },
    requestDigest: context.sha256Hex(JSON.stringify(request)),
  };
}

async function propose(
  context: CorrectionContext,
  correction: CorrectionRow,
  find: (tx: Transaction) => Promise<FoundRecords>,
): Promise<ProposedCorrection> {
  const { correctionId } = correction;
  const isReplayed = await runPosting(context, async (tx, rules) => {
    await lockCorrection(tx, correctionId);
    const earlier = await readCorrection(tx, correctionId);
    if (earlier !== null) {
      if (earlier.requestDigest !== correction.requestDigest) throw new HttpProblem("idempotency_key_reused");
      return true;
    }
    const planned = await previewCorrection(tx, correction, await find(tx), rules, context);
    await writeCorrection(tx, correction);
    await keepPreview(tx, correction, { step: 1, kind: "proposed", actor: correction.proposedBy, planned, context });
    return false;
  });
  return { correctionId, isReplayed };
}

function valuesOf({ hours, year, ...rest }: NonNullable<CorrectionRequest["changes"]>): CorrectedValues {
  const named = { hoursHundredths: hours, attributedYear: year, ...rest };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) as CorrectedValues;
}

/** The records that a request names or finds. */
async function findAsked(tx: Transaction, { request, language }: CorrectionToPropose): Promise<FoundRecords> {
  const { recordKeys = [], filter, apply } = request;
  if (filter !== undefined) {
    const chosen = await chooseRecords(tx, filter);
    if (apply === true && chosen.length > LIMITS.correctionsAtOnceMax) throw new HttpProblem("correction_too_large");
    return findPeople(tx, chosen);
  }
  const named = recordKeys.map((key, index) => ({ key, field: `recordKeys[${index}]` }));
  return findNamed(tx, named, language);
}

/** Records by key, each with the field that names it. */
async function findNamed(
  tx: Transaction,
  named: readonly { readonly key: string; readonly field: string }[],
  language: Language,
): Promise<FoundRecords> {
  const found = await findPeople(tx, [...new Set(named.map(({ key }) => key))]);
  const erased = await readErased(
    tx,
    found.groups.flatMap(({ people }) => people),
  );
  const errors = named
    .flatMap(({ key, field }) => {
      const people = found.records.get(key)?.people;
      if (people?.some((person) => erased.has(person)) === false) return [];
      return fieldError(field, people === undefined ? "not_known" : "erased", language);
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
