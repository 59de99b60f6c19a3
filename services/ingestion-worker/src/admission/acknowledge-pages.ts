import type { PulledPage } from "../acquisition/pull-event.ts";
import type { IngestionContext } from "../ingestion-context.ts";

/** Tells a platform that pages are stored, where it wants to know. What cannot be told is read again, which has no effect. */
export async function acknowledgePages(
  context: Pick<IngestionContext, "logger">,
  platform: string,
  pages: readonly Pick<PulledPage, "acknowledge">[],
): Promise<void> {
  for (const { acknowledge } of pages) {
    await acknowledge?.().catch((error: unknown) => {
      context.logger.warn("stored rows could not be marked as taken; they will be read again", { platform, error });
    });
  }
}
