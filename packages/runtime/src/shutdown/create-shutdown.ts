import type { Logger } from "../logging/create-logger.ts";
import { within } from "../time/within.ts";

export type ShutdownStep = () => Promise<void> | void;

export type Shutdown = {
  /**
   * Adds a step. Steps run one after the other, the last registered first; one that is registered while the
   * shutdown runs is the next to run, so what a cut-off start has opened is closed too.
   * @param msMax how long the step may take, milliseconds; it is then left behind
   */
  register(name: string, step: ShutdownStep, msMax?: number): void;
  /** Runs every step once, then exits: 0 when all ended well, 1 otherwise. Later calls wait for the same run. */
  run(reason: string): Promise<void>;
  /** Begins on SIGINT, SIGTERM or SIGHUP; a second signal exits at once with 128 + its number. */
  listen(): void;
  /** Aborted when the shutdown begins. */
  readonly signal: AbortSignal;
};

/** What a shutdown needs of the process. */
export type ShutdownProcess = {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): void;
};

export type ShutdownOptions = {
  logger: Logger;
  /** Bound for a step that names none, milliseconds. */
  stepMsMax?: number;
  process?: ShutdownProcess;
};

type Step = { name: string; step: ShutdownStep; msMax: number };

const signalNumbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

/** An ordered shutdown: what was opened last is closed first, and nothing waits for ever. */
export function createShutdown(options: ShutdownOptions): Shutdown {
  const { logger, stepMsMax = 10_000, process: host = process } = options;
  const steps: Step[] = [];
  const begun = new AbortController();
  let running: Promise<void> | null = null;

  async function runAll(reason: string): Promise<void> {
    logger.info("shutting down", { reason });
    let failed = 0;
    for (let next = steps.pop(); next !== undefined; next = steps.pop()) {
      if (!(await runStep(next, logger))) failed += 1;
    }
    logger.info("shut down", { failed });
    host.exit(failed === 0 ? 0 : 1);
  }

  function run(reason: string): Promise<void> {
    if (running === null) {
      running = Promise.resolve().then(() => runAll(reason));
      begun.abort();
    }
    return running;
  }

  return {
    register: (name, step, msMax = stepMsMax) => void steps.push({ name, step, msMax }),
    run,
    listen: () => {
      for (const [signal, number] of Object.entries(signalNumbers) as [keyof typeof signalNumbers, number][]) {
        host.on(signal, () => {
          if (running === null) return void run(signal);
          logger.warn("a second signal: leaving at once", { signal });
          host.exit(128 + number);
        });
      }
    },
    signal: begun.signal,
  };
}

async function runStep({ name, step, msMax }: Step, logger: Logger): Promise<boolean> {
  try {
    await within(Promise.resolve().then(step), msMax, `The shutdown step ${name}`);
    return true;
  } catch (error) {
    logger.error("a shutdown step failed", { step: name, error });
    return false;
  }
}
