import { QueueKeys, RedisConnection, RedisQueueBackend } from "bullmq";
import { Redis, type RedisOptions } from "ioredis";
import type { Backend, BackendOptions } from "./backend.ts";

const connectTimeoutMs = 2_000;
const reconnectDelayMsMax = 1_000;
/** A blocking read waits 10 s at most; silence for longer means that the connection is half open. */
const blockingSilenceMsMax = 15_000;

/**
 * BullMQ on Redis: one connection for all commands of the process and one blocking connection per worker.
 * Commands wait while Redis is away and are sent again when it is back, so callers bound their own wait.
 */
export function openRedisBackend(url: string, prefix: string, options: BackendOptions): Backend {
  const clients = new Set<Redis>();
  let retired = false;

  function connect(overrides: Pick<RedisOptions, "connectionName" | "socketTimeout">): Redis {
    const client = new Redis(url, {
      maxRetriesPerRequest: null,
      connectTimeout: connectTimeoutMs,
      keepAlive: 5_000,
      retryStrategy: (attempt) => (retired ? null : Math.min(25 * 2 ** Math.min(attempt, 8), reconnectDelayMsMax)),
      ...overrides,
    });
    clients.add(client);
    client.on("end", () => retired && clients.delete(client));
    client.on("error", (error) => options.trouble.report(error));
    return client;
  }

  const main = connect({ connectionName: "xueshi-queue", socketTimeout: options.timing.callTimeoutMs });
  let reachable = true;
  main.on("ready", () => {
    reachable = true;
    options.trouble.recovered();
  });
  main.on("close", () => {
    reachable = false;
    if (!retired) options.trouble.report(new Error("the connection is lost"));
  });
  const keys = new QueueKeys(prefix);

  return {
    kind: "redis",
    factory: (name, queueOptions, { withBlockingConnection = false } = {}) => {
      // BullMQ closes a connection that it owns and leaves a shared one open.
      const shared = new RedisConnection(main, { shared: true, blocking: false });
      const blocking = withBlockingConnection
        ? new RedisConnection(connect({ socketTimeout: blockingSilenceMsMax }), { shared: false, blocking: true })
        : undefined;
      const toKey = (type: string) => keys.toKey(name, type);
      const opts = { ...queueOptions, connection: main, prefix };
      return new RedisQueueBackend(shared, name, keys.getKeys(name), toKey, opts, blocking);
    },
    isReachable: () => reachable,
    close: async () => {
      retired = true;
      reachable = false;
      await Promise.all([...clients].map(retire));
    },
  };
}

/**
 * Ends a client in whatever state it is, so that commands that wait in it are rejected and no timer is left.
 * A plain `disconnect` of a client between two attempts would leave both for ever (bullmq #4656).
 */
async function retire(client: Redis): Promise<void> {
  if (client.status === "end") return;
  const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
  const timeout = Promise.withResolvers<void>();
  const timer = setTimeout(timeout.resolve, connectTimeoutMs + 500);
  client.on("ready", () => client.disconnect());
  const isBetweenAttempts = client.status === "reconnecting";
  client.disconnect();
  if (isBetweenAttempts) client.connect().catch(() => undefined);
  await Promise.race([ended, timeout.promise]);
  clearTimeout(timer);
}
