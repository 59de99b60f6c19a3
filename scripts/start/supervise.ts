import { randomInt } from "node:crypto";
import { createServer } from "node:net";
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

/** Below the ports that systems give to outgoing connections: one of those would take the port of a child that starts again. */
const PORTS = { first: 20_000, last: 32_000 } as const;
const PORT_ATTEMPTS_MAX = 50;
/** Asked for in this process: one that is free still may be meant for another child. */
const given = new Set<number>();

/** A TCP port on the loop-back address that is free now; a process that is started again keeps it. */
export async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= PORT_ATTEMPTS_MAX; attempt += 1) {
    const port = randomInt(PORTS.first, PORTS.last);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port between ${PORTS.first} and ${PORTS.last} was free`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    });
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
