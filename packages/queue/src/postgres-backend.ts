import { PostgresQueueBackend } from "bullmq";
import type { Backend, BackendOptions } from "./backend.ts";
import { ListeningConnection } from "./listening-connection.ts";

const poolConnectionsMax = 4;
const queryTimeoutMs = 10_000;
const closeTimeoutMs = 2_000;

/**
 * BullMQ on PostgreSQL: at most four pooled connections, idle ones closed after 10 s, and one LISTEN connection
 * once a worker runs. Workers are woken by NOTIFY and look by themselves every 5 s.
 */
export function openPostgresBackend(url: string, schema: string, options: BackendOptions): Backend {
  if (/[?&]options=/.test(url)) throw new Error("the queue's postgresUrl must not set options: it sets its own");
  const connection = new ListeningConnection({
    connectionString: url,
    schema,
    max: poolConnectionsMax,
    application_name: "xueshi-queue",
    // A hint that a crash of the server takes with it comes again from the sweeper; waiting for the disk buys nothing.
    options: "-c synchronous_commit=off",
    connectionTimeoutMillis: options.timing.callTimeoutMs,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
  });
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
