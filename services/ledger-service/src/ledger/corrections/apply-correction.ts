import { lockHeads, readErased, runTransaction, type Transaction, writeCorrectionStep } from "@xueshi/database";
import type { Head } from "@xueshi/domain";
import { HttpProblem } from "@xueshi/http";
import type { RulesInForce } from "../../classification/rules-in-force.ts";
import { noteOf } from "../note-of.ts";
import { runPosting } from "../run-posting.ts";
import { writePlan } from "../write-plan.ts";
import type { CorrectionContext } from "./correction-context.ts";
import { decideRecords } from "./decide-records.ts";
import { findRecords } from "./find-records.ts";
import type { PeopleGroup } from "./group-by-people.ts";
import { type PlannedCorrection, planCorrection } from "./plan-correction.ts";
import { keepPreview } from "./propose-correction.ts";
import { type AskedFile, type CorrectionFile, holdCorrection } from "./read-file.ts";

export interface CorrectionToApply extends AskedFile {
  /** Public name of the operator's key: its holder. */
  readonly holder: string;
}

/** Thrown where records changed since the preview; what would be done now goes with it. */
class Outdated extends Error {
  readonly planned: PlannedCorrection;
  constructor(planned: PlannedCorrection) {
    super("records changed since the preview");
    this.planned = planned;
  }
}

/**
 * Applies a correction as it was previewed: its decisions and all that follows from them, in one transaction under the
 * locks of everybody concerned. Whoever applied it already is told so. Where something else than the preview would come of
 * it, nothing is done, a fresh preview is kept, and `correction_outdated` is thrown. Throws what
 * `readCorrectionFile` and `decideRecords` do, `correction_state_conflict`, `second_holder_required` and `erased`.
 */
export async function applyCorrection(context: CorrectionContext, asked: CorrectionToApply): Promise<void> {
  try {
    await runPosting(context, (tx, rules) => apply(tx, asked, rules, context));
  } catch (error) {
    if (!(error instanceof Outdated)) throw error;
    await runTransaction(context, (tx) => keepFresh(tx, asked, error.planned, context));
    throw new HttpProblem("correction_outdated");
  }
}

async function apply(
  tx: Transaction,
  asked: CorrectionToApply,
  rules: RulesInForce,
  context: CorrectionContext,
): Promise<void> {
  const { correctionId, holder } = asked;
  const file = await holdCorrection(tx, asked);
  const { correction, steps, state, seen } = file;
  if (state === "applied" && steps.at(-1)?.actor === holder) return;
  if (state !== "proposed") throw new HttpProblem("correction_state_conflict");
  refuseSameHolder(context, file, correction.proposedBy, holder);
  const { records, groups } = await findRecords(tx, correction);
  const heads = await lockPeople(tx, groups);
  // Sets of records are decided whole or not at all.
  await refuseErased(tx, groups, correction.recordSets === null ? "all" : "any");
  const actor = actorOf(correction.proposedBy, holder);
  const note = noteOf(correction);
  const deciding = { correction, actor, note, nowMs: context.clock() };
  const planned = await planCorrection(
    tx,
    {
      ...{ records, reason: correction.kind, actor, note },
      decide: (keys, derived) => decideRecords(tx, keys, derived, deciding),
    },
    groups,
    rules,
    context,
  );
  if (planned.digest !== seen.previewDigest) throw new Outdated(planned);
  const postingIds = await postGroups(tx, planned, heads, { reason: correction.kind, actor }, context);
  const step = { correctionId, step: steps.length + 1, takenAtMs: context.clock(), actor: holder, postingIds };
  await writeCorrectionStep(tx, { ...step, kind: "applied", reason: null, preview: null, previewDigest: null });
}

/** Both who proposed and who applied, where they are two; names of keys hold no plus sign. */
export function actorOf(first: string, second: string): string {
  return first === second ? first : `${first}+${second}`;
}

/** Throws `second_holder_required` where the kind needs two and there is one. */
export function refuseSameHolder(
  { fourEyes }: CorrectionContext,
  { correction }: Pick<CorrectionFile, "correction">,
  first: string,
  second: string,
): void {
  if (fourEyes.has(correction.kind) && first === second) throw new HttpProblem("second_holder_required");
}

/** Throws `erased` where all of the people, or any of them, were erased. */
export async function refuseErased(
  tx: Transaction,
  groups: readonly PeopleGroup[],
  where: "all" | "any",
): Promise<void> {
  const people = groups.flatMap((group) => group.people);
  const erased = await readErased(tx, people);
  const refusedAt = where === "any" ? 1 : Math.max(1, people.length);
  if (erased.size >= refusedAt) throw new HttpProblem("erased");
}

const PEOPLE_PER_LOCK = 1_000;

/** Locks everybody of all groups in the one order in which all postings lock. */
export async function lockPeople(tx: Transaction, groups: readonly PeopleGroup[]): Promise<ReadonlyMap<string, Head>> {
  const people = groups.flatMap((group) => group.people).sort();
  const heads = new Map<string, Head>();
  for (let from = 0; from < people.length; from += PEOPLE_PER_LOCK) {
    const locked = await lockHeads(tx, people.slice(from, from + PEOPLE_PER_LOCK));
    for (const [practitionerId, head] of locked) heads.set(practitionerId, head);
  }
  return heads;
}

/** Posts what was planned, group by group; gives the ids of the postings. */
export async function postGroups(
  tx: Transaction,
  { groups }: PlannedCorrection,
  heads: ReadonlyMap<string, Head>,
  said: { readonly reason: string; readonly actor: string },
  context: CorrectionContext,
): Promise<string[]> {
  const postingIds: string[] = [];
  for (const { people, plan, nameDigests } of groups) {
    if (plan.entries.size === 0) continue;
    const own = people.flatMap((person): [string, Head][] => {
      const head = heads.get(person);
      return head === undefined ? [] : [[person, head]];
    });
    const planned = { plan, heads: new Map(own), nameDigests, batchId: null, ...said };
    postingIds.push(await writePlan(tx, planned, context));
  }
  return postingIds;
}

/** Keeps what would be done now, so that it can be looked at; nothing where the correction was moved on meanwhile. */
async function keepFresh(
  tx: Transaction,
  asked: CorrectionToApply,
  planned: PlannedCorrection,
  context: CorrectionContext,
): Promise<void> {
  const { correction, steps, state } = await holdCorrection(tx, asked);
  if (state !== "proposed") return;
  await keepPreview(tx, correction, {
    step: steps.length + 1,
    kind: "previewed",
    actor: asked.holder,
    planned,
    context,
  });
}
