import type { Logger } from "@xueshi/runtime";
import { numberPostings, type SequencerContext } from "./number-postings.ts";

export interface Sequencer {
  /** Says that something may wait; rounds follow until nothing does. */
  readonly wake: () => void;
  /** Ends after the round under way. */
  readonly stop: () => Promise<void>;
}

/**
 * Numbers postings soon after they were made: when it is woken, and every now and then, for what another process posted.
 * A round that fails is only late.
 * @param pauseMs between a posting and its numbering, so that postings that follow each other are numbered together
 */
export function startSequencer(
  context: SequencerContext,
  logger: Logger,
  { everyMs, pauseMs }: { readonly everyMs: number; readonly pauseMs: number },
): Sequencer {
  let isStopped = false;
  let isWanted = false;
  let running: Promise<void> | null = null;
  let pause: NodeJS.Timeout | null = null;
  const run = async (): Promise<void> => {
    try {
      while (!isStopped && isWanted) {
        isWanted = false;
        while (!isStopped && (await numberPostings(context)) > 0);
      }
    } catch (error) {
      logger.warn("numbering the feed failed; the next round tries again", { error });
    }
  };
  const begin = (): void => {
    pause = null;
    isWanted = true;
    running ??= run().finally(() => {
      running = null;
    });
  };
  const wake = (): void => {
    if (!isStopped) pause ??= setTimeout(begin, pauseMs);
  };
  const timer = setInterval(wake, everyMs);
  return {
    wake,
    async stop() {
      isStopped = true;
      clearInterval(timer);
      if (pause !== null) clearTimeout(pause);
      await running;
    },
  };
}
