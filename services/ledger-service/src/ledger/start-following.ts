import type { Logger } from "@xueshi/runtime";
import { followRules } from "./follow-rules.ts";
import type { PostingContext } from "./posting-context.ts";

/** Follows the rules whenever they changed, one step after the other. A step that fails is tried again at the next look. */
export function startFollowing(
  context: PostingContext,
  logger: Logger,
  everyMs: number,
): { readonly stop: () => Promise<void> } {
  let isStopped = false;
  let running: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    try {
      while (!isStopped && (await followRules(context)) === "step");
    } catch (error) {
      logger.error("records could not be brought to the rules in force; the next look goes on there", { error });
    }
  };
  const timer = setInterval(() => {
    running ??= run().finally(() => {
      running = null;
    });
  }, everyMs);
  return {
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
