import { Writable } from "node:stream";
import { type Logger, type ServiceProcess, spawnService } from "@xueshi/runtime";

export interface ChildSpec {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** True for a child whose standard output is for programs only. */
  readonly quiet?: boolean;
}

export interface Supervised {
  readonly name: string;
  stop(): Promise<void>;
}

const RESTART_DELAY_MS_MAX = 4_000;
const RESTARTS_IN_A_ROW_MAX = 12;
/** A child that lived so long was started well: its restarts are counted from none again. */
const SETTLED_MS = 20_000;

/**
 * Starts a child process and starts it again when it ends by itself, after a growing pause, until `stop`.
 * @param onGivenUp called when it does not stay up
 */
export async function supervise(
  spec: ChildSpec,
  logger: Logger,
  clock: () => number,
  onGivenUp: (name: string) => void,
): Promise<Supervised> {
  let isStopping = false;
  let restarts = 0;
  let timer: NodeJS.Timeout | undefined;
  let child: ServiceProcess;
  const { quiet, ...service } = spec;
  const output = quiet === true ? { stdout: createSink(), stderr: process.stderr } : process;
  const start = async (): Promise<void> => {
    const startedAtMs = clock();
    child = await spawnService({
      ...service,
      output,
      command: process.execPath,
      onExit: (exit) => {
        if (isStopping) return;
        restarts = clock() - startedAtMs > SETTLED_MS ? 1 : restarts + 1;
        if (restarts > RESTARTS_IN_A_ROW_MAX) return onGivenUp(spec.name);
        logger.warn("a process ended by itself and is started again", { process: spec.name, ...exit, restarts });
        timer = setTimeout(() => void start(), Math.min(RESTART_DELAY_MS_MAX, 100 * 2 ** restarts));
      },
    });
  };
  await start();
  return {
    name: spec.name,
    async stop() {
      isStopping = true;
      clearTimeout(timer);
      await child.stop();
    },
  };
}

function createSink(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
