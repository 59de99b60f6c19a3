import { readCheckpointOf } from "@xueshi/database";
import type { Logger } from "@xueshi/runtime";
import { type CheckpointContext, signCheckpoint } from "./sign-checkpoint.ts";

const LOOKS_PER_PERIOD = 4;
const LOOK_MS_MAX = 60_000;

/** Signs a checkpoint whenever the newest one is as old as that, whichever process signed it. 0: only on demand. */
export function startCheckpoints(
  context: CheckpointContext,
  logger: Logger,
  everyMs: number,
): { readonly stop: () => Promise<void> } {
  let running: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    const newest = await readCheckpointOf(context.sql, null);
    if (newest !== null && context.clock() - newest.signedAtMs < everyMs) return;
    const { size } = await signCheckpoint(context);
    if (size !== newest?.size) logger.info("checkpoint signed", { size });
  };
  const begin = (): void => {
    running ??= look()
      .catch((error: unknown) => logger.warn("no checkpoint could be signed; the next look tries again", { error }))
      .finally(() => {
        running = null;
      });
  };
  const timer = everyMs === 0 ? null : setInterval(begin, Math.min(LOOK_MS_MAX, everyMs / LOOKS_PER_PERIOD));
  return {
    async stop() {
      if (timer !== null) clearInterval(timer);
      await running;
    },
  };
}
