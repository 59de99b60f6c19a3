import { describe, expect, it } from "vitest";
import { pullHttpPages } from "./index.ts";
import type { HttpTarget } from "./pull-context.ts";
import { type county, startCounty } from "./testing/county-server.ts";
import { industryRow } from "./testing/industry-server.ts";
import { collectPull, createTestContext, NOW_MS } from "./testing/test-context.ts";
import { startTestServer, type TestRequest } from "./testing/test-server.ts";

type Auth = NonNullable<Parameters<typeof county>[0]["auth"]>;
type Fault = (request: TestRequest) => unknown;

const ROWS = [0, 1, 2, 3, 4, 5].map((number) => industryRow(number));
const CREDENTIALS = { key: "k-1", clientId: "a client", clientSecret: "s:é+&" };
const CLIENT: Extract<Auth, { kind: "oauth2-client-credentials" }> = {
  kind: "oauth2-client-credentials",
  tokenPath: "/oauth/token",
  credentials: ["clientId", "clientSecret"],
  renewBeforeMs: 60_000,
};

/** A listing of two pages and a token endpoint; a fault may answer instead, null: it has dealt with the response. */
async function start(auth: Auth, fault: Fault = () => undefined, target: Partial<HttpTarget> = {}) {
  return startCounty(
    {
      auth,
      paging: {
        kind: "page",
        indexParameter: "page",
        indexFirst: 1,
        pageSizeParameter: "size",
        rowsPerPage: 4,
        total: ["total"],
      },
    },
    (request) => {
      const changed = fault(request);
      if (changed !== undefined) return changed === null ? undefined : changed;
      if (request.path === "/oauth/token") {
        return { access_token: `token-${request.count}`, token_type: "Bearer", expires_in: 3_600 };
      }
      const start = (Number(request.query.get("page")) - 1) * 4;
      return { rows: ROWS.slice(start, start + 4), total: ROWS.length };
    },
    { credentials: CREDENTIALS, ...target },
  );
}

type Server = Awaited<ReturnType<typeof start>>;
const pull = (server: Server, context = createTestContext()) =>
  collectPull(pullHttpPages(server.platform, server.session, null, context));
const on = (server: Server, path: string) => server.requests.filter((request) => request.path === path);
const refuse =
  (status: number): Fault =>
  ({ response }) => {
    response.writeHead(status).end('{"error":"invalid_client"}');
    return null;
  };

describe("an API key", () => {
  it.each([
    [{ header: "X-Api-Key" }, "x-api-key", "k-1"],
    [{ header: "Authorization", prefix: "Bearer " }, "authorization", "Bearer k-1"],
  ])("goes with each request: %o", async (settings, header, expected) => {
    const server = await start({ kind: "api-key", credential: "key", ...settings });
    expect((await pull(server)).end).toMatchObject({ outcome: "complete", rowsSeen: 6 });
    expect(server.requests.map((request) => request.headers[header])).toEqual([expected, expected, expected, expected]);
  });

  it("that is refused fails the pull without trying again", async () => {
    const server = await start({ kind: "api-key", credential: "key", header: "X-Api-Key" }, refuse(401));
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason: "login_refused" });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ["is not there", {}],
    ["is empty", { key: "" }],
    ["would break the header", { key: "k\r\nX: 1" }],
  ])("that %s is said to be missing, and nothing is asked", async (_name, credentials) => {
    const server = await start({ kind: "api-key", credential: "key", header: "X-Api-Key" }, undefined, { credentials });
    const context = createTestContext();
    expect((await pull(server, context)).end).toMatchObject({ outcome: "failed", reason: "credential_missing" });
    expect(server.requests).toEqual([]);
    expect(context.delaysMs).toEqual([]);
  });
});

describe("no login", () => {
  it("sends nothing of itself, and a platform that wants one refuses", async () => {
    const open = await start({ kind: "none" });
    expect((await pull(open)).end).toMatchObject({ outcome: "complete", rowsSeen: 6 });
    expect(open.requests[0]?.headers).not.toHaveProperty("authorization");
    expect((await pull(await start({ kind: "none" }, refuse(401)))).end).toMatchObject({ reason: "login_refused" });
  });
});

describe("OAuth 2.0 client credentials (RFC 6749, 4.4)", () => {
  it("ask once for a token with the client in the Authorization header, form-encoded first, and send it as Bearer", async () => {
    const server = await start({ ...CLIENT, scope: "hours.read profile" });
    expect((await pull(server)).end).toMatchObject({ outcome: "complete", rowsSeen: 6 });
    const [asked, ...more] = on(server, "/oauth/token");
    expect(more).toEqual([]);
    expect(asked).toMatchObject({ method: "POST", body: "grant_type=client_credentials&scope=hours.read%20profile" });
    expect(asked?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    const basic = Buffer.from("a+client:s%3A%C3%A9%2B%26").toString("base64");
    expect(asked?.headers.authorization).toBe(`Basic ${basic}`);
    expect(on(server, "/hours").every(({ headers }) => headers.authorization === "Bearer token-1")).toBe(true);
  });

  it("ask with the client in the form where it is configured so", async () => {
    const server = await start({ ...CLIENT, clientAuthentication: "client_secret_post" });
    await pull(server);
    const [asked] = on(server, "/oauth/token");
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
      grant_type: "client_credentials",
      client_id: "a client",
      client_secret: "s:é+&",
    });
    expect(asked?.headers).not.toHaveProperty("authorization");
  });

  it("ask at the target's own address for tokens, and send the secret nowhere else", async () => {
    const issuer = await startTestServer(() => ({ access_token: "elsewhere", expires_in: 60 }));
    const server = await start(CLIENT, undefined, { tokenBaseUrl: `${issuer.url}/realm/` });
    expect((await pull(server)).end.outcome).toBe("complete");
    expect(issuer.requests.map(({ path }) => path)).toEqual(["/realm/oauth/token"]);
    expect(on(server, "/oauth/token")).toEqual([]);
    expect(on(server, "/hours")[0]?.headers.authorization).toBe("Bearer elsewhere");
  });

  it("renew the token before its life ends by the clock, and keep it until then", async () => {
    const context = createTestContext();
    const server = await start(CLIENT);
    for (const [afterMs, asked] of [
      [0, 1],
      [3_539_999, 1],
      [3_540_000, 2],
    ] as const) {
      context.nowMs = NOW_MS + afterMs;
      await pull(server, context);
      expect(on(server, "/oauth/token"), `after ${afterMs} ms`).toHaveLength(asked);
    }
  });

  it("keep a token without a life until it is refused", async () => {
    const context = createTestContext();
    const server = await start(CLIENT, ({ path }) => (path === "/oauth/token" ? { access_token: "t" } : undefined));
    await pull(server, context);
    context.nowMs = NOW_MS + 1e12;
    await pull(server, context);
    expect(on(server, "/oauth/token")).toHaveLength(1);
  });

  it("renew a token that is refused once, and nothing is missing", async () => {
    const server = await start(CLIENT, (request) =>
      request.path === "/hours" && request.count === 2 ? refuse(401)(request) : undefined,
    );
    const context = createTestContext();
    expect((await pull(server, context)).end).toMatchObject({ outcome: "complete", rowsSeen: 6 });
    expect(on(server, "/oauth/token")).toHaveLength(2);
    expect(context.delaysMs).toEqual([]);
  });

  it("that are refused right after a new token fail the pull", async () => {
    const server = await start(CLIENT, (request) => (request.path === "/hours" ? refuse(401)(request) : undefined));
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason: "login_refused" });
    expect(on(server, "/oauth/token")).toHaveLength(2);
  });

  it.each([400, 401, 403])(
    "that the token endpoint refuses with %i fail the pull without trying again",
    async (status) => {
      const server = await start(CLIENT, refuse(status));
      expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason: "login_refused" });
      expect(server.requests).toHaveLength(1);
    },
  );

  it.each<[string, Fault, string]>([
    ["an error", refuse(500), "http_status"],
    ["no token", () => ({ token_type: "Bearer" }), "body_invalid"],
    ["a token of another type", () => ({ access_token: "t", token_type: "mac" }), "body_invalid"],
    [
      "a token that would break the header",
      () => ({ access_token: "t\r\nX: 1", token_type: "Bearer" }),
      "body_invalid",
    ],
    [
      "another address",
      ({ response }) => {
        response.writeHead(302, { location: "http://elsewhere.example/" }).end();
        return null;
      },
      "redirect_refused",
    ],
  ])("that are answered %s: %s", async (_name, fault, reason) => {
    const server = await start(CLIENT, fault);
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason, rowsSeen: 0 });
    expect(on(server, "/hours")).toEqual([]);
  });

  it("that are not configured are said to be missing, and nothing is asked", async () => {
    const server = await start(CLIENT, undefined, { credentials: { clientId: "a client" } });
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason: "credential_missing" });
    expect(server.requests).toEqual([]);
  });
});
