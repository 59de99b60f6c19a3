import { formatInstant, signCheckpointRoute } from "@xueshi/contracts";
import { type App, HttpProblem } from "@xueshi/http";
import { type CheckpointContext, signCheckpoint } from "./sign-checkpoint.ts";

/** A checkpoint on demand. @param context null: the installation has no signing key */
export function addCheckpointRoutes(app: App, context: CheckpointContext | null): void {
  app.route(signCheckpointRoute, async () => {
    if (context === null) throw new HttpProblem("checkpoints_not_signed");
    const { size, signedAtMs, note } = await signCheckpoint(context);
    const checkpoint = { size, signedAt: formatInstant(signedAtMs), note };
    return { status: 200, json: { checkpoint, verifierKey: context.signer.verifierKey } };
  });
}
