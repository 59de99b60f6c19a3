import type { ErasureReason } from "@xueshi/contracts";
import {
  countKeptPayloads,
  countWordsNaming,
  type ErasurePreview,
  type ErasureRow,
  lockDecisions,
  readErased,
  readErasure,
  readMergedFrom,
  readOwnerships,
  readSealedPeople,
  readTraces,
  runTransaction,
  type Transaction,
  writeErasure,
} from "@xueshi/database";
import { numberOf, type PersonId } from "@xueshi/domain";
import { HttpProblem } from "@xueshi/http";
import type { IngestionContext } from "../../ingestion-context.ts";
import { requestKeyOf } from "../request-key.ts";

export interface ErasureToPropose {
  readonly practitionerId: string;
  readonly reason: ErasureReason;
  readonly document: string;
  /** Under which provision the entries stay. */
  readonly basis: string;
  /** Public name of the operator's key: its holder. */
  readonly holder: string;
  readonly receivedAtMs: number;
  readonly idempotencyKey: string | null;
}

export interface ProposedErasure {
  readonly row: ErasureRow;
  /** Whether an earlier request with the same key proposed it. */
  readonly isReplayed: boolean;
}

/**
 * Keeps that somebody is to be erased, with a preview of what that is about; nothing is done yet. Whoever is merged into the
 * person is erased with them. Under an Idempotency-Key it is proposed once.
 * Throws `person_not_known`, `erased`, `erasure_of_merged` and `idempotency_key_reused`.
 */
export async function proposeErasure(context: IngestionContext, asked: ErasureToPropose): Promise<ProposedErasure> {
  const { holder, idempotencyKey } = asked;
  const erasureId = idempotencyKey === null ? context.newId() : requestKeyOf(holder, "erasures", idempotencyKey);
  const said = [asked.practitionerId, asked.reason, asked.document, asked.basis];
  const requestDigest = context.vault.sealTexts("erasure request", said);
  return runTransaction(context, async (tx) => {
    await lockDecisions(tx);
    const earlier = await readErasure(tx, erasureId);
    if (earlier !== null) {
      if (earlier.requestDigest !== requestDigest) throw new HttpProblem("idempotency_key_reused");
      return { row: earlier, isReplayed: true };
    }
    const practitionerIds = await peopleOf(tx, asked.practitionerId);
    await writeErasure(tx, {
      ...{ erasureId, practitionerId: asked.practitionerId, practitionerIds, requestDigest },
      ...{ reason: asked.reason, document: asked.document, basis: asked.basis },
      ...{ proposedBy: holder, proposedAtMs: asked.receivedAtMs },
      preview: await previewOf(tx, context, practitionerIds),
    });
    const row = await readErasure(tx, erasureId);
    if (row === null) throw new Error("an erasure that was just written is read back");
    return { row, isReplayed: false };
  });
}

/** The person and whoever is merged into the person. Throws `erased` and `erasure_of_merged`. */
export async function peopleOf(tx: Transaction, practitionerId: string): Promise<string[]> {
  if ((await readErased(tx, [practitionerId])).size > 0) throw new HttpProblem("erased");
  const into = (await readOwnerships(tx, [practitionerId])).get(practitionerId)?.into ?? null;
  if (into !== null) throw new HttpProblem("erasure_of_merged");
  const merged = await readMergedFrom(tx, [practitionerId]);
  return [practitionerId, ...[...merged].flatMap(([id, owner]) => (owner.into === practitionerId ? [id] : [])).sort()];
}

async function previewOf(
  tx: Transaction,
  { vault }: IngestionContext,
  practitionerIds: readonly string[],
): Promise<ErasurePreview> {
  const [sealed, traces, kept] = [
    await readSealedPeople(tx, practitionerIds),
    await readTraces(tx, practitionerIds),
    await countKeptPayloads(tx),
  ];
  if (sealed.length === 0 && traces.recordKeys.length === 0 && traces.entries === 0) {
    throw new HttpProblem("person_not_known");
  }
  const texts = sealed.map((one) => vault.openPerson(one)).flatMap(({ id, name }) => [numberOf(id as PersonId), name]);
  return {
    people: practitionerIds.length,
    records: traces.recordKeys.length,
    entries: traces.entries,
    ...kept,
    named: await countWordsNaming(tx, { practitionerIds, recordKeys: traces.recordKeys }, texts),
  };
}
