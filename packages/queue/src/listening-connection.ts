import { assertSchemaCompatibility, PostgresConnection } from "bullmq";
import { Client } from "pg";
import { askOneAtATime } from "./ask-one-at-a-time.ts";

type ClientOptions = {
  connectionString: string;
  application_name: string;
  options: string;
  connectionTimeoutMillis: number;
  query_timeout: number;
  keepAlive: boolean;
};
type ConnectionOptions = ClientOptions & { schema: string; max: number };
type ListenClient = Awaited<ReturnType<PostgresConnection["getListenClient"]>>;

/** BullMQ's own channel for all queues; workers ask for it, too. */
const jobsChannel = "bullmq_jobs";

/**
 * One pool and one LISTEN connection for every queue and worker of the process. BullMQ's own would be a pool of
 * ten for each, closed by each. And three of its ways do not stand up to a server that goes and comes (6.7):
 * it remembers a failed first contact for ever; a LISTEN client that is lost as it has just connected ends the
 * process; one that is lost as it has just begun to listen leaves the worker deaf to notifications.
 */
export class ListeningConnection extends PostgresConnection {
  readonly #listenConfig: ClientOptions;
  #ready: Promise<void> | undefined;
  #listening: Promise<Client> | undefined;

  constructor({ schema, max, ...clientConfig }: ConnectionOptions) {
    super({ ...clientConfig, schema, max, migrate: false });
    this.#listenConfig = clientConfig;
    this.setMaxListeners(0);
  }

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

  /** The client that listens to notices of new jobs; it listens before anybody gets it. */
  override async getListenClient(): Promise<ListenClient> {
    if (this.isClosing) throw new Error("the queue's connection is closed");
    this.#listening ??= this.#listen();
    // The driver's types differ from those of BullMQ in optional members alone.
    return (await this.#listening) as Client & ListenClient;
  }

  #listen(): Promise<Client> {
    const client = new Client(this.#listenConfig);
    askOneAtATime(client);
    const listening = (async () => {
      await client.connect();
      await client.query(`listen ${jobsChannel}`);
      return client;
    })();
    const forget = (): void => {
      void client.end().catch(() => undefined);
      if (this.#listening !== listening) return;
      this.#listening = undefined;
      this.emit("listenerinvalidated");
    };
    client.on("error", (error) => {
      forget();
      this.emit("error", error);
    });
    listening.catch(forget);
    return listening;
  }

  /** Called by each queue and worker when it closes; the connection outlives them. */
  override async close(): Promise<void> {}

  async shutDown(): Promise<void> {
    const poolEnded = super.close();
    const client = await this.#listening?.catch(() => undefined);
    await Promise.all([client?.end(), poolEnded]);
  }
}
