import { type EmbeddedPostgres, type Logger, startEmbeddedPostgres } from "@xueshi/runtime";

export interface KeptDatabase {
  /** Stays the same when the server is started again. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface KeepDatabaseOptions {
  readonly dataDir: string;
  readonly logger: Logger;
  /** Called when the server ended by itself and cannot be started again. */
  readonly onGivenUp: () => void;
}

const ATTEMPTS_MAX = 5;
const RETRY_MS = 1_000;

/** Starts the embedded server, and starts it again at the same port when it ends by itself, until `stop`. */
export async function keepDatabase({ dataDir, logger, onGivenUp }: KeepDatabaseOptions): Promise<KeptDatabase> {
  const options = { dataDir, databaseName: "xueshi", logger };
  let isStopping = false;
  let server: EmbeddedPostgres = await startEmbeddedPostgres(options);
  const { port, url } = server;

  const startAgain = async (): Promise<boolean> => {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX && !isStopping; attempt += 1) {
      try {
        // Ends what is left of it and gives the directory free; the next one recovers from the log.
        await server.stop();
        server = await startEmbeddedPostgres({ ...options, port });
        return true;
      } catch (error) {
        logger.error("PostgreSQL could not be started again", { attempt, error });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    return false;
  };
  const keep = async (): Promise<void> => {
    for (;;) {
      await server.exited;
      if (isStopping) return;
      logger.warn("PostgreSQL ended by itself and is started again");
      if (await startAgain()) continue;
      if (!isStopping) onGivenUp();
      return;
    }
  };
  const keeping = keep();
  return {
    url,
    async stop() {
      isStopping = true;
      await server.stop();
      // A start that was under way when the stop began has its own server to stop.
      await keeping;
      await server.stop();
    },
  };
}
