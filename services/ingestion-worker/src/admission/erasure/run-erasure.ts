import {
  advanceErasure,
  blankPeople,
  type ErasureRow,
  lockKnownPeople,
  readErasure,
  runTransaction,
  type Transaction,
  withPlatformLease,
} from "@xueshi/database";
import type { IngestionContext } from "../../ingestion-context.ts";
import { type ErasureSizes, erasePages } from "./erase-pages.ts";
import { eraseUploads } from "./erase-uploads.ts";
import { readErasedPeople } from "./erased-people.ts";

/** How often the holder of the lease shows that it is there. */
const LEASE_BEAT = { everyMs: 2_000, onBeat: () => {} };

const SIZES: ErasureSizes = { pagesAtOnce: 10 };

/**
 * `done`: nothing is left; `busy`: another process has it in hand; `stopped`: the process shuts down; `waiting`: an upload of the
 * person's rows is being stored, and must end first; `over`: it was done before, or is not under way.
 */
export type RunErasureOutcome = "done" | "busy" | "stopped" | "waiting" | "over";

/**
 * Looks through everything that is kept for what is left of somebody who was erased, and destroys it: first the pages and files,
 * in which the person is known by the id and name that are still sealed, and these last. Every step is one transaction with how
 * far it is, so one that was cut off in the middle is gone on from. Whatever came since the erasure was left out when it came.
 */
export async function runErasure(
  context: IngestionContext,
  erasureId: string,
  signal: AbortSignal,
  sizes: ErasureSizes = SIZES,
): Promise<RunErasureOutcome> {
  const goOn = (lost: AbortSignal) => runSteps(context, erasureId, AbortSignal.any([signal, lost]), sizes);
  return (await withPlatformLease(context.openLease, `erasure ${erasureId}`, goOn, LEASE_BEAT)) ?? "busy";
}

async function runSteps(
  context: IngestionContext,
  erasureId: string,
  signal: AbortSignal,
  sizes: ErasureSizes,
): Promise<RunErasureOutcome> {
  const erasure = await readErasure(context.sql, erasureId);
  if (erasure === null || erasure.state !== "running") return "over";
  const people = await readErasedPeople(context, erasure.practitionerIds);
  let { progress } = erasure;
  while (progress.step !== "identity") {
    if (signal.aborted) return "stopped";
    const next =
      progress.step === "pages"
        ? await erasePages(context, people, { erasureId, progress }, sizes)
        : await eraseUploads(context, people, { erasureId, progress }, signal);
    if (next === "waiting") return "waiting";
    progress = next;
  }
  if (signal.aborted) return "stopped";
  await runTransaction(context, (tx) => eraseIdentities(tx, context, { ...erasure, progress }));
  context.logger.info("an erasure is done", { erasureId, ...progress.sums });
  return "done";
}

async function eraseIdentities(
  tx: Transaction,
  context: IngestionContext,
  { erasureId, practitionerIds, progress }: ErasureRow,
): Promise<void> {
  await lockKnownPeople(tx, practitionerIds);
  await blankPeople(tx, practitionerIds);
  await advanceErasure(tx, { erasureId, progress, endedAtMs: context.clock() });
}
