import { once } from "node:events";
import { type AddressInfo, connect as connectTo, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { connect, type Sql } from "../index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";

/** Leads to the database, and resets what goes through it on demand. */
interface Gate {
  readonly url: string;
  reset(): void;
  close(): Promise<void>;
}

let database: TestDatabase;
let owner: Sql;
let gate: Gate;
let sql: Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = connect({ url: database.url, connectionsMax: 1, applicationName: "owner" });
  await owner.unsafe("CREATE TABLE said (word text)");
  gate = await openGate(database.url);
  // One connection, so that whoever comes next has the one that was lost.
  sql = connect({ url: gate.url, connectionsMax: 1, applicationName: "lost" });
});
beforeEach(() => owner`DELETE FROM said`);
afterAll(async () => {
  await sql.end({ timeout: 5 });
  await owner.end({ timeout: 5 });
  await gate.close();
  await database.drop();
});

async function openGate(url: string): Promise<Gate> {
  const { hostname, port } = new URL(url);
  const clients = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connectTo(Number(port), hostname);
    clients.add(client);
    client.once("close", () => clients.delete(client));
    for (const socket of [client, upstream]) socket.on("error", () => {});
    client.once("close", () => upstream.destroy());
    upstream.once("close", () => client.destroy());
    client.pipe(upstream).pipe(client);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const through = new URL(url);
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    reset() {
      for (const client of clients) client.resetAndDestroy();
    },
    async close() {
      server.close();
      for (const client of clients) client.destroy();
      await once(server, "close");
    },
  };
}

const words = async () =>
  (await owner<{ word: string }[]>`SELECT word FROM said ORDER BY word`).map(({ word }) => word);

it.each([
  ["reset", async () => gate.reset()],
  [
    "ended by an administrator",
    async () => {
      await owner`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lost'`;
    },
  ],
])(
  "a session that was %s answers nothing of the next one, and what is left of its transaction does nothing in it",
  async (_how, lose) => {
    const { promise: late, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: afterwards, resolve: saidLate } = Promise.withResolvers<unknown>();
    const first = sql.begin(async (tx) => {
      await tx`INSERT INTO said VALUES ('first')`;
      const waiting = tx`SELECT pg_sleep(600)`.catch(() => {});
      await owner`SELECT`;
      await lose();
      await waiting;
      await late;
      // The code of a transaction whose session is gone may not have noticed.
      saidLate(
        await tx`INSERT INTO said VALUES ('late')`.then(
          () => "said",
          ({ code }: { code: string }) => code,
        ),
      );
    });
    await expect(first).rejects.toMatchObject({ code: expect.stringMatching(/CONNECTION_CLOSED|ECONNRESET|57P01/) });
    await sql.begin(async (tx) => {
      expect(await tx`SELECT ${"one"}::text AS word, 1 AS number`).toEqual([{ word: "one", number: 1 }]);
      await tx`INSERT INTO said VALUES (${"second"})`;
      goOn();
      expect(await afterwards).toBe("CONNECTION_CLOSED");
      expect(await tx`SELECT ${"two"}::text AS word, 2 AS number, true AS more`).toEqual([
        { word: "two", number: 2, more: true },
      ]);
      await tx`INSERT INTO said VALUES (${"third"})`;
    });
    expect(await words()).toEqual(["second", "third"]);
  },
);
