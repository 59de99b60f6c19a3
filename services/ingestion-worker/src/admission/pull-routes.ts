import { acceptPullRoute, cancelPullRoute, formatInstant } from "@xueshi/contracts";
import { acceptPull, beginTransaction, cancelPull, type PullView, readPull, type Transaction } from "@xueshi/database";
import { type App, HttpProblem } from "@xueshi/http";
import { presentPull } from "../acquisition/present-pull.ts";
import type { IngestionContext } from "../ingestion-context.ts";
import { storeClosingBatch } from "./close-pull.ts";
import { hintPosting } from "./hint-posting.ts";

/** Operations that end a pull, or judge one that has ended, and tell the ledger what that means for its platform. */
export function addPullDecisionRoutes(app: App, context: IngestionContext): void {
  app.route(cancelPullRoute, async ({ params }, call) => {
    const { pullId } = params;
    const cancelled = await decide(context, pullId, async (tx) => {
      const cancellation = { pullId, endedAtMs: call.receivedAtMs, cancelledBy: call.principal.name };
      const pull = await cancelPull(tx, cancellation);
      if (pull === null) throw new HttpProblem("pull_ended");
      // What it had stored may be newer than what is known of the rest of the platform, as with a pull that was cut off.
      if (pull.kind === "backfill" || pull.pages === 0) return null;
      const closing = { platform: pull.platform, pullId, completeUntilMs: null, receivedAtMs: call.receivedAtMs };
      return storeClosingBatch(tx, context, closing);
    });
    return { status: 200, json: presentPull(cancelled, call.language) };
  });
  app.route(acceptPullRoute, async ({ params, body }, call) => {
    const { pullId } = params;
    const acceptedAt = formatInstant(call.receivedAtMs);
    const acceptance = { reason: body.reason, acceptedBy: call.principal.name, acceptedAt };
    const accepted = await decide(context, pullId, async (tx) => {
      const pull = await acceptPull(tx, pullId, acceptance);
      if (pull === null) throw new HttpProblem("pull_not_acceptable");
      if (pull.kind === "backfill") return null;
      // The pull has told the ledger that it cannot be trusted; this is told beside it, under an id of its own.
      return storeClosingBatch(tx, context, {
        platform: pull.platform,
        pullId: context.newId(),
        completeUntilMs: pull.startedAtMs,
        receivedAtMs: call.receivedAtMs,
      });
    });
    return { status: 200, json: presentPull(accepted, call.language) };
  });
}

/** Decides in one transaction, tells the ledger of the batch that came of it, if one did, and reads the pull back. */
async function decide(
  context: IngestionContext,
  pullId: string,
  action: (tx: Transaction) => Promise<string | null>,
): Promise<PullView> {
  if ((await readPull(context.sql, pullId)) === null) throw new HttpProblem("pull_not_found");
  const batchId = await beginTransaction(context.sql, action);
  if (batchId !== null) await hintPosting(context, batchId);
  const pull = await readPull(context.sql, pullId);
  if (pull === null) throw new HttpProblem("pull_not_found");
  return pull;
}
