import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createHttpSession, pullHttpPages } from "./index.ts";
import { openLines } from "./open-lines.ts";
import type { HttpTargetSettings } from "./platform-targets.ts";
import { readPlatformTargets } from "./platform-targets.ts";
import type { HttpTarget } from "./pull-context.ts";
import { county } from "./testing/county-server.ts";
import { industryRow } from "./testing/industry-server.ts";
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from "./testing/test-certificate.ts";
import { collectPull, createTestContext, NOW_MS, type TestContext } from "./testing/test-context.ts";
import { startTestProxy } from "./testing/test-proxy.ts";
import { startTestServer } from "./testing/test-server.ts";

type Settings = Parameters<typeof county>[0];

/** One page that says it is all; by a link, so that no second pass is asked for. */
const ANSWER = { rows: [1, 2, 3].map((number) => industryRow(number)), delta: "/hours?from=3" };
const LINKED: Settings = {
  paging: { kind: "link", next: ["next"], resume: { kind: "link-in-body", link: ["delta"] } },
};

let ids = 0;
const newId = () => `00000000-0000-7000-8000-0000${(ids++).toString(16).padStart(8, "0")}`;

async function open(target: HttpTargetSettings, settings: Settings = LINKED, makeId: () => string = newId) {
  const { platform, connection } = county(settings);
  const lines = await openLines({ "some-county": target }, [platform], makeId);
  onTestFinished(() => lines.close());
  const opened = lines.targets["some-county"] as HttpTarget;
  const pull = (context: TestContext = createTestContext()) =>
    collectPull(pullHttpPages(platform, createHttpSession(connection, opened), null, context));
  return { lines, opened, pull };
}

async function startTlsServer(): Promise<string> {
  const server = createTlsServer({ cert: TEST_CERTIFICATE, key: TEST_CERTIFICATE_KEY }, (_request, response) => {
    response.end(JSON.stringify(ANSWER));
  });
  return `https://127.0.0.1:${await listen(server)}`;
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function writeCertificate(text = TEST_CERTIFICATE): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "xueshi-ca-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "ca.pem"), text);
  return join(folder, "ca.pem");
}

describe("a proxy", () => {
  it("carries requests to an http address, with its own credentials, which the platform does not get", async () => {
    const server = await startTestServer(() => ANSWER);
    const proxy = await startTestProxy();
    const withUser = proxy.url.replace("http://", "http://some-user:p%40ss@");
    const { pull } = await open({ baseUrl: server.url, credentials: {}, proxy: withUser });
    const context = createTestContext();
    expect((await pull(context)).end).toMatchObject({ outcome: "complete", rowsSeen: 3 });
    expect(proxy.asked).toEqual([`GET ${server.url}/hours`, `GET ${server.url}/hours`]);
    expect(proxy.authorizations[0]).toBe(`Basic ${Buffer.from("some-user:p@ss").toString("base64")}`);
    expect(server.requests[0]?.headers).not.toHaveProperty("proxy-authorization");
    expect(server.requests[0]?.headers.host).toBe(new URL(server.url).host);
  });

  it("is tunnelled through to an https address, whose certificate is still checked", async () => {
    const url = await startTlsServer();
    const proxy = await startTestProxy();
    const caFile = await writeCertificate();
    const trusting = await open({ baseUrl: url, credentials: {}, proxy: proxy.url, caFile });
    expect((await trusting.pull()).end).toMatchObject({ outcome: "complete", rowsSeen: 3 });
    expect(proxy.asked).toEqual([`CONNECT ${new URL(url).host}`]);
    const wary = await open({ baseUrl: url, credentials: {}, proxy: proxy.url });
    expect((await wary.pull()).end).toMatchObject({ outcome: "failed", reason: "connection_failed" });
  });

  it("that cannot be reached fails the pull; nothing goes past it, and no line of the log has its password", async () => {
    const server = await startTestServer(() => ANSWER);
    const proxy = "http://some-user:the-password@127.0.0.1:1";
    const { pull } = await open({ baseUrl: server.url, credentials: {}, proxy });
    const context = createTestContext();
    expect((await pull(context)).end).toMatchObject({ outcome: "failed", reason: "connection_failed" });
    expect(server.requests).toEqual([]);
    expect(context.warnings).toHaveLength(3);
    expect(JSON.stringify(context.warnings)).not.toContain("the-password");
  });
});

describe("certificates of an installation", () => {
  it("are trusted for their platform, and only where they are named", async () => {
    const url = await startTlsServer();
    const caFile = await writeCertificate();
    const trusting = await open({ baseUrl: url, credentials: {}, caFile });
    expect((await trusting.pull()).end).toMatchObject({ outcome: "complete", rowsSeen: 3 });
    const wary = await open({ baseUrl: url, credentials: {} });
    expect((await wary.pull()).end).toMatchObject({ outcome: "failed", reason: "connection_failed" });
  });

  it.each([
    ["is not there", async () => "/nowhere/ca.pem"],
    ["is no PEM", () => writeCertificate("a key, perhaps")],
  ])("from a file that %s stop the start, with the file's name", async (_name, write) => {
    const caFile = await write();
    await expect(open({ baseUrl: "https://county.example", credentials: {}, caFile })).rejects.toThrow(caFile);
  });
});

describe("a line", () => {
  it("gives up on connecting after the connection's own time, long before the request's", async () => {
    const port = await listen(createSocketServer());
    const settings = { ...LINKED, connectTimeoutMs: 100, requestTimeoutMs: 600_000 };
    const { pull } = await open({ baseUrl: `https://127.0.0.1:${port}`, credentials: {} }, settings);
    expect((await pull()).end).toMatchObject({ outcome: "failed", reason: "timeout" });
  });

  it("keeps its connection from one pull to the next, and closes it with the service", async () => {
    const server = await startTestServer(({ response }) => {
      ports.add(response.socket?.remotePort);
      return ANSWER;
    });
    const ports = new Set<number | undefined>();
    const { pull, lines } = await open({ baseUrl: server.url, credentials: {} });
    await pull();
    await pull();
    expect(server.requests).toHaveLength(4);
    expect(ports.size).toBe(1);
    await lines.close();
    expect((await pull()).end).toMatchObject({ outcome: "failed", reason: "connection_failed" });
  });

  it("keeps the pace from one pull to the next, logins and the second look among the requests", async () => {
    const server = await startTestServer(({ path }) => (path === "/login" ? { token: "t", life: 1_000 } : ANSWER));
    const auth = {
      kind: "token-login",
      path: "/login",
      credentials: ["id"],
      token: ["token"],
      expiresInSeconds: ["life"],
      header: "x-token",
      renewBeforeMs: 1_000,
    } as const;
    const settings = { ...LINKED, auth, rateLimit: { requestsPerMinuteMax: 30 } };
    const { pull } = await open({ baseUrl: server.url, credentials: { id: "1" } }, settings);
    const context = createTestContext();
    const sentMs: number[] = [];
    const waiting = {
      ...context,
      clock: () => context.nowMs,
      delay: async (delayMs: number) => void Object.assign(context, { nowMs: context.nowMs + delayMs }),
      observe: ({ askedAtMs }: { askedAtMs: number }) => void sentMs.push(askedAtMs),
    };
    await pull(waiting);
    await pull(waiting);
    expect(sentMs.map((ms) => ms - (sentMs[0] ?? 0))).toEqual([0, 2_000, 4_000, 6_000, 8_000, 10_000]);
  });

  it("takes up to a half off the delays before another attempt, by chance", async () => {
    const server = await startTestServer(({ response }) => void response.writeHead(500).end());
    const ends = ["00000000", "80000000", "ffffffff"];
    const { pull } = await open({ baseUrl: server.url, credentials: {} }, LINKED, () => `0-0-0-0-0000${ends.shift()}`);
    const context = createTestContext();
    await pull(context);
    expect(context.delaysMs).toEqual([250, 750]);
  });

  it("signs a request with the time at which it goes out, not at which it began to wait", async () => {
    const server = await startTestServer(() => ANSWER);
    const auth = {
      kind: "hmac-signed",
      credentials: ["key", "secret"],
      keyHeader: "x-key",
      timestampHeader: "x-time",
      signatureHeader: "x-sign",
      skewMsMax: 1_000,
    } as const;
    const settings = { ...LINKED, auth, rateLimit: { requestsPerMinuteMax: 1 } };
    const { pull } = await open({ baseUrl: server.url, credentials: {} }, settings);
    const context = createTestContext();
    const delay = async (delayMs: number) => void Object.assign(context, { nowMs: context.nowMs + delayMs });
    await pull({ ...context, clock: () => context.nowMs, delay });
    expect(server.requests.map((request) => Number(request.headers["x-time"]) * 1_000)).toEqual([
      NOW_MS,
      NOW_MS + 60_000,
    ]);
  });

  it("makes a new nonce for each request", async () => {
    const server = await startTestServer(() => ANSWER);
    const auth = {
      kind: "hmac-signed",
      credentials: ["key", "secret"],
      keyHeader: "x-key",
      timestampHeader: "x-time",
      signatureHeader: "x-sign",
      nonceHeader: "x-nonce",
      skewMsMax: 1_000,
    } as const;
    const { pull } = await open({ baseUrl: server.url, credentials: {} }, { ...LINKED, auth });
    await pull();
    const nonces = server.requests.map((request) => String(request.headers["x-nonce"]));
    expect(nonces.every((nonce) => nonce.length > 20)).toBe(true);
    expect(new Set(nonces).size).toBe(2);
    const { connection } = county({ ...LINKED, auth });
    expect(() => createHttpSession(connection, { baseUrl: server.url, credentials: {} })).toThrow(TypeError);
  });

  it("leaves targets of other transports as they are", async () => {
    const lines = await openLines({ files: { folder: "/exports" } }, [], newId);
    expect(lines.targets).toEqual({ files: { folder: "/exports" } });
    await lines.close();
  });
});

describe("readPlatformTargets", () => {
  const read = async (target: object) => {
    const folder = await mkdtemp(join(tmpdir(), "xueshi-targets-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, "targets.json");
    await writeFile(file, JSON.stringify({ "zj-industry": target }));
    return readPlatformTargets(file);
  };
  const good = { baseUrl: "https://county.example", credentials: {} };

  it("takes an address with a proxy, certificates and another place for tokens", async () => {
    const target = { ...good, proxy: "http://u:p@proxy:3128", caFile: "/ca.pem", tokenBaseUrl: "https://sso.example" };
    expect(await read(target)).toEqual({ "zj-industry": target });
  });

  it.each([
    ["a proxy of another kind", { ...good, proxy: "socks5://the-password@proxy:1080" }],
    ["an address that is no web address", { ...good, baseUrl: "file:///the-password" }],
    ["a setting that is not known", { ...good, proxyUrl: "http://the-password@proxy" }],
  ])("refuses %s, and says no value", async (_name, target) => {
    await expect(read(target)).rejects.toThrow(/not of the expected form at: zj-industry/);
    await expect(read(target)).rejects.not.toThrow(/the-password/);
  });
});
