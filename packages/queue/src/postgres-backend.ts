import { assertSchemaCompatibility, PostgresConnection, PostgresQueueBackend } from "bullmq";
import type { Backend, BackendOptions } from "./backend.ts";

const poolConnectionsMax = 4;
const queryTimeoutMs = 10_000;
const closeTimeoutMs = 2_000;

/**
 * One pool and one LISTEN connection for every queue and worker of the process. BullMQ's own would be a pool of
 * ten for each, closed by each; and it remembers a failed first contact for ever.
 */
class SharedPostgresConnection extends PostgresConnection {
  #ready: Promise<void> | undefined;

  override waitUntilReady(): Promise<void> {
    this.#ready ??= assertSchemaCompatibility(this.pool, this.schema).then(
      () => undefined,
      (error: unknown) => {
        this.#ready = undefined;
        throw error;
      },
    );
    return this.#ready;
  }

  /** Called by each queue and worker when it closes; the connection outlives them. */
  override async close(): Promise<void> {}

  async shutDown(): Promise<void> {
    await super.close();
  }
}

/**
 * BullMQ on PostgreSQL: at most four pooled connections, idle ones closed after 10 s, and one LISTEN connection
 * once a worker runs. Workers are woken by NOTIFY and look by themselves every 5 s.
 */
export function openPostgresBackend(url: string, schema: string, options: BackendOptions): Backend {
  if (/[?&]options=/.test(url)) throw new Error("the queue's postgresUrl must not set options: it sets its own");
  const connection = new SharedPostgresConnection({
    connectionString: url,
    schema,
    migrate: false,
    max: poolConnectionsMax,
    application_name: "xueshi-queue",
    // A hint that a crash of the server takes with it comes again from the sweeper; waiting for the disk buys nothing.
    options: "-c synchronous_commit=off",
    connectionTimeoutMillis: options.timing.callTimeoutMs,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
  });
  connection.setMaxListeners(0);
  connection.on("error", (error) => options.trouble.report(error));
  let open = true;

  return {
    kind: "postgres",
    factory: (name, queueOptions) => new PostgresQueueBackend(connection, name, { ...queueOptions, connection: {} }),
    isReachable: () => open,
    close: async () => {
      open = false;
      const timeout = Promise.withResolvers<void>();
      const timer = setTimeout(timeout.resolve, closeTimeoutMs);
      await Promise.race([connection.shutDown().catch(() => undefined), timeout.promise]);
      clearTimeout(timer);
    },
  };
}
