import {
  decideErasure,
  type ErasureRow,
  type IdentityClaim,
  lockDecisions,
  lockErasures,
  lockIdentities,
  readErasure,
  readKnownNames,
  readRecordKeysOf,
  readTraces,
  readVersions,
  runTransaction,
  type Transaction,
  updateVoided,
  writeTombstones,
} from "@xueshi/database";
import { isKnownName } from "@xueshi/domain";
import { HttpProblem } from "@xueshi/http";
import type { IngestionContext } from "../../ingestion-context.ts";
import { hintPosting } from "../hint-posting.ts";
import { writeDecisionBatch } from "../quarantine/decide-rows.ts";
import { hintErasure } from "./hint-erasure.ts";
import { peopleOf } from "./propose-erasure.ts";

export interface ErasureToDecide {
  readonly erasureId: string;
  /** Public name of the operator's key: its holder. */
  readonly holder: string;
}

/**
 * Erases somebody, as it was proposed: from the end of this transaction on rows for the person are refused, and the ledger is
 * told to close the chain. What is left of the person is then looked for by `runErasure`. Whoever applied it already is told
 * so. Throws `erasure_not_found`, `erasure_state_conflict`, `second_holder_required`, `erasure_person_differs`,
 * `erasure_outdated` and `erased`.
 * @param practitionerId whom the holder means, so that one who looks at another paper is found
 */
export async function applyErasure(
  context: IngestionContext,
  asked: ErasureToDecide & { readonly practitionerId: string; readonly needsSecondHolder: boolean },
): Promise<void> {
  const { erasureId, holder, practitionerId } = asked;
  const isApplied = await runTransaction(context, async (tx) => {
    await lockDecisions(tx);
    await lockErasures(tx, "alone");
    const erasure = await readErasure(tx, erasureId);
    if (erasure === null) throw new HttpProblem("erasure_not_found");
    if (erasure.practitionerId !== practitionerId) throw new HttpProblem("erasure_person_differs");
    const { state, decidedBy, proposedBy } = erasure;
    if ((state === "running" || state === "done") && decidedBy === holder) return false;
    if (state !== "proposed") throw new HttpProblem("erasure_state_conflict");
    if (asked.needsSecondHolder && proposedBy === holder) throw new HttpProblem("second_holder_required");
    const people = await peopleOf(tx, practitionerId);
    const isSame = people.join() === erasure.practitionerIds.join();
    if (!isSame) throw new HttpProblem("erasure_outdated");
    await erase(tx, context, erasure, holder);
    return true;
  });
  if (!isApplied) return;
  await hintPosting(context, erasureId);
  await hintErasure(context, erasureId);
}

async function erase(tx: Transaction, context: IngestionContext, erasure: ErasureRow, holder: string): Promise<void> {
  const { erasureId, practitionerIds, reason, document, basis, proposedBy } = erasure;
  await lockIdentities(tx, practitionerIds.map(nobodysClaim));
  const erasedAtMs = context.clock();
  const actor = proposedBy === holder ? holder : `${proposedBy}+${holder}`;
  await voidHeld(tx, context, practitionerIds, erasureId);
  await writeTombstones(
    tx,
    practitionerIds.map((practitionerId) => ({
      ...{ practitionerId, erasureId, erasedAtMs, reason, document, basis, actor },
    })),
  );
  const { recordKeys } = await readTraces(tx, practitionerIds);
  await writeDecisionBatch(tx, context, { batchId: erasureId, recordKeys, practitionerIds });
  await decideErasure(tx, { erasureId, to: "running", decidedBy: holder, decidedAtMs: erasedAtMs });
}

/** Of whom only refused rows came there is no identity to lock: it is made, and says nothing. */
function nobodysClaim(practitionerId: string): IdentityClaim {
  return {
    ...{
      practitionerId,
      nameDigest: "00",
      nameVariantDigest: null,
      claimedAtMs: 0,
      claimSource: "",
      claimRecordId: "",
    },
    seal: null,
  };
}

/**
 * Leaves out what was held because its name was not the known one: without names nobody can tell any more, and where the record
 * is somebody else's too, how it stands there must not change.
 */
async function voidHeld(
  tx: Transaction,
  { nameVariants = "hold" }: IngestionContext,
  practitionerIds: readonly string[],
  erasureId: string,
): Promise<void> {
  const people = new Set(practitionerIds);
  const known = await readKnownNames(tx, practitionerIds);
  const versions = await readVersions(tx, await readRecordKeysOf(tx, practitionerIds));
  const held = versions.filter((version) => {
    const names = known.get(version.practitionerId);
    const isTheirs = people.has(version.practitionerId) && version.voidedBy === null;
    return isTheirs && names !== undefined && !isKnownName(version, names, nameVariants);
  });
  await updateVoided(
    tx,
    held.map((version) => ({ ...version, voidedBy: erasureId })),
  );
}

/** Gives an erasure up before anything is done. Throws `erasure_not_found` and `erasure_state_conflict`. */
export async function cancelErasure(context: IngestionContext, { erasureId, holder }: ErasureToDecide): Promise<void> {
  await runTransaction(context, async (tx) => {
    await lockDecisions(tx);
    if ((await readErasure(tx, erasureId)) === null) throw new HttpProblem("erasure_not_found");
    const decision = { erasureId, to: "cancelled", decidedBy: holder, decidedAtMs: context.clock() } as const;
    if (!(await decideErasure(tx, decision))) throw new HttpProblem("erasure_state_conflict");
  });
}
