import { type AddressInfo, connect as connectSocket, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { connect, type Sql } from "../connection/connect.ts";
import { createTestDatabase, type TestDatabase } from "../testing/create-test-database.ts";
import { withPlatformLease } from "./platform-lease.ts";

const SILENT_MS_MAX = 400;
const patience = { timeout: 20_000, interval: 20 };
let database: TestDatabase;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  url = await database.urlAs("ingestion");
});
afterAll(() => database.drop());

const openAt =
  (to: string) =>
  (onClose: () => void): Sql =>
    connect({ url: to, connectionsMax: 1, applicationName: "lease", onClose, idleSessionMsMax: SILENT_MS_MAX });
/** The driver closes connections of this age, unless it is told otherwise. */
const SECONDS_MAX = 0.3;
const isFree = async (platform: string) => (await withPlatformLease(openAt(url), platform, async () => true)) === true;

/** Leads to the database until it is frozen: then nothing passes either way, and nobody is told. */
async function startProxy() {
  const target = new URL(url);
  const sockets: Socket[] = [];
  let isFrozen = false;
  const server = createServer((client) => {
    const upstream = connectSocket(Number(target.port), target.hostname);
    sockets.push(client, upstream);
    client.on("data", (bytes) => void (isFrozen || upstream.write(bytes)));
    upstream.on("data", (bytes) => void (isFrozen || client.write(bytes)));
    for (const socket of [client, upstream]) socket.on("error", () => {});
    client.on("close", () => void (isFrozen || upstream.destroy()));
    upstream.on("close", () => void (isFrozen || client.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: through.href,
    freeze: () => {
      isFrozen = true;
    },
  };
}

describe("the lease of a platform", () => {
  it("is held by one who shows that it is there, however long the action takes and whatever the driver closes", async () => {
    const shortLived = `${url}${url.includes("?") ? "&" : "?"}max_lifetime=${SECONDS_MAX}`;
    let beats = 0;
    const count = () => {
      beats += 1;
    };
    const outcome = await withPlatformLease(
      openAt(shortLived),
      "patient",
      async (lost) => {
        // Several times as long as a silent one may hold it.
        await expect.poll(() => beats, patience).toBeGreaterThan((3 * SILENT_MS_MAX) / 50);
        expect([lost.aborted, await isFree("patient")]).toEqual([false, false]);
        return "done";
      },
      { everyMs: 50, onBeat: count },
    );
    expect(outcome).toBe("done");
    expect(await isFree("patient")).toBe(true);
  });

  it("is freed within a bound when its holder has vanished behind a half-open connection, and the holder knows", async () => {
    const proxy = await startProxy();
    const outcome = await withPlatformLease(
      openAt(proxy.url),
      "vanished",
      async (lost) => {
        expect(await isFree("vanished")).toBe(false);
        proxy.freeze();
        await expect.poll(() => lost.aborted, patience).toBe(true);
        await expect.poll(() => isFree("vanished"), patience).toBe(true);
        return "ended";
      },
      { everyMs: 50, onBeat: () => {} },
    );
    expect(outcome).toBe("ended");
  });
});
