import { describe, expect, it } from "vitest";
import { createHttpSession, pullHttpPages } from "./index.ts";
import { cityRow, smallCity } from "./testing/city-listing.ts";
import { CITY_CREDENTIALS, type CityFault, startCityServer } from "./testing/city-server.ts";
import { collectPull, createTestContext, NOW_MS } from "./testing/test-context.ts";
import { startTestServer, type TestRequest } from "./testing/test-server.ts";

const city = smallCity({ rowsPerPage: 2 }, { bodyBytesMax: 4_000 });
const rows = [0, 1, 2, 3].map((seconds) => cityRow(`Q${seconds}`, seconds));
const onList = (request: TestRequest) => request.path === "/api/credit/list";
const NOT_AUTH = { code: -2, msg: "not_auth" };

async function pull(fault: CityFault, context = createTestContext(), of = city) {
  const server = await startCityServer(of, rows, fault);
  const collected = await collectPull(pullHttpPages(of.platform, server.session, null, context));
  const logins = server.requests.filter((request) => request.path === "/api/login").length;
  return { ...collected, server, logins, delaysMs: context.delaysMs };
}

describe("a login", () => {
  it("is made once, with the named credentials as JSON, and its token goes with each request", async () => {
    const { end, logins, server } = await pull(() => undefined);
    expect(end).toMatchObject({ outcome: "complete", rowsSeen: 4 });
    expect(logins).toBe(1);
    expect(server.requests[0]).toMatchObject({ method: "POST", body: JSON.stringify(CITY_CREDENTIALS) });
    expect(server.requests.filter(onList).every((request) => request.headers.token === "token-1")).toBe(true);
  });

  it("failure 15: HTTP 200 with not_auth means a new login, not an empty list", async () => {
    const { end, logins } = await pull((request) => (onList(request) && request.count === 2 ? NOT_AUTH : undefined));
    expect(end).toMatchObject({ outcome: "complete", rowsSeen: 4 });
    expect(logins).toBe(2);
  });

  it("holds as often as tokens expire, even after every request", async () => {
    const used = new Set<string>();
    const { end, logins } = await pull((request) => {
      if (!onList(request)) return undefined;
      const token = String(request.headers.token);
      if (used.has(token)) return NOT_AUTH;
      used.add(token);
      return undefined;
    });
    expect(end).toMatchObject({ outcome: "complete", rowsSeen: 4 });
    expect(logins).toBe(used.size);
  });

  it("that is refused again right after a new login fails the pull", async () => {
    const { end, logins, delaysMs } = await pull((request) => (onList(request) ? NOT_AUTH : undefined));
    expect(end).toMatchObject({ outcome: "failed", reason: "login_refused", rowsSeen: 0 });
    expect(logins).toBe(2);
    expect(delaysMs).toEqual([]);
  });

  it("with wrong credentials fails the pull without trying again", async () => {
    const { end, logins } = await pull((request) => (request.path === "/api/login" ? NOT_AUTH : undefined));
    expect(end).toMatchObject({ outcome: "failed", reason: "login_refused" });
    expect(logins).toBe(1);
  });

  it("is renewed by the clock before the token's life ends, and kept between pulls until then", async () => {
    const context = createTestContext();
    const server = await startCityServer(city, rows);
    const logins = () => server.requests.filter((request) => request.path === "/api/login").length;
    const again = () => collectPull(pullHttpPages(city.platform, server.session, null, context));
    await again();
    context.nowMs = NOW_MS + 1_739_999;
    await again();
    expect(logins()).toBe(1);
    context.nowMs = NOW_MS + 1_740_000;
    await again();
    expect(logins()).toBe(2);
  });

  it.each([
    ["a token that is no text", { code: 0, data: { token: 7, expiresIn: 1_800 } }, "body_invalid"],
    ["a token that would break the header", { code: 0, data: { token: "a\r\nX: 1", expiresIn: 1 } }, "body_invalid"],
    ["an error", { code: 500, msg: "busy" }, "error_body"],
  ])("that answers %s is tried again, then %s", async (_name, answer, reason) => {
    const { end, logins } = await pull((request) => (request.path === "/api/login" ? answer : undefined));
    expect(end).toMatchObject({ outcome: "failed", reason });
    expect(logins).toBe(city.connection.retry.attemptsMax);
  });
});

/** A handler that deals with the response itself. */
const dealtWith = (act: (response: TestRequest["response"]) => void) => (request: TestRequest) => {
  act(request.response);
  return null;
};

const breaks: [string, (request: TestRequest) => unknown, string][] = [
  ["HTTP 200 with an error body", () => ({ code: 500, msg: "busy" }), "error_body"],
  ["a body without a list", () => ({ code: 0, data: { total: 4 } }), "body_invalid"],
  ["HTTP 500", dealtWith((response) => response.writeHead(500).end("{}")), "http_status"],
  ["a body that is no JSON", dealtWith((response) => response.end('{"code":0,"data":')), "body_invalid"],
  ["bytes that are no UTF-8", dealtWith((response) => response.end(Buffer.from([0x22, 0xff, 0x22]))), "body_invalid"],
  ["a connection that closes", dealtWith((response) => response.destroy()), "connection_failed"],
  ["half a body", dealtWith(sendHalf), "connection_failed"],
];

function sendHalf(response: TestRequest["response"]): void {
  response.writeHead(200, { "content-length": 1_000 });
  response.write('{"code":0', () => response.destroy());
}

describe.each(breaks)("failure 15: %s", (_name, answer, reason) => {
  it("once is asked for again, and nothing is missing", async () => {
    const { end, delaysMs } = await pull((request) =>
      onList(request) && request.count === 2 ? answer(request) : undefined,
    );
    expect(end).toMatchObject({ outcome: "complete", reason: null, rowsSeen: 4 });
    expect(delaysMs).toEqual([500]);
  });

  it("for good ends the pull as failed, or partial after a page, with the reason", async () => {
    const first = await pull((request) => (onList(request) ? answer(request) : undefined));
    expect(first.end).toMatchObject({ outcome: "failed", reason, rowsSeen: 0, pages: 0 });
    expect(first.delaysMs).toEqual([500, 1_000, 2_000]);
    const later = await pull((request) => (onList(request) && request.count > 1 ? answer(request) : undefined));
    expect(later.end).toMatchObject({ outcome: "partial", reason, rowsSeen: 2, pages: 1 });
  });
});

describe("failure 15: no answer in time", () => {
  const hasty = smallCity({ rowsPerPage: 2 }, { requestTimeoutMs: 400 });

  it("once is asked for again, and nothing is missing", async () => {
    const context = createTestContext();
    const hang: CityFault = (request) => (onList(request) && request.count === 2 ? null : undefined);
    const { end } = await pull(hang, context, hasty);
    expect(end).toMatchObject({ outcome: "complete", rowsSeen: 4 });
    expect(context.warnings).toContainEqual(expect.objectContaining({ reason: "timeout" }));
  });

  it("for good ends the pull with the reason", async () => {
    const { end } = await pull((request) => (onList(request) ? null : undefined), createTestContext(), hasty);
    expect(end).toMatchObject({ outcome: "failed", reason: "timeout", rowsSeen: 0 });
  });
});

describe("limits of a request", () => {
  it.each(["/elsewhere", "http://127.0.0.1:1/"])("follows no redirect to %s", async (location) => {
    const { end, server } = await pull((request) => {
      if (!onList(request)) return undefined;
      request.response.writeHead(302, { location }).end();
      return null;
    });
    expect(end).toMatchObject({ outcome: "failed", reason: "redirect_refused" });
    expect(server.requests.map((request) => request.path)).toEqual(["/api/login", "/api/credit/list"]);
  });

  it.each([true, false])("leaves a body that is too large (announced: %s)", async (isAnnounced) => {
    const { end } = await pull((request) => {
      if (!onList(request)) return undefined;
      const body = `{"code":0,"data":"${"x".repeat(10_000)}"}`;
      if (isAnnounced) request.response.setHeader("content-length", body.length);
      request.response.write(body.slice(0, 5_000), () => request.response.end(body.slice(5_000)));
      return null;
    });
    expect(end).toMatchObject({ outcome: "failed", reason: "body_too_large" });
  });

  it("waits as long as the platform asks, up to the longest delay", async () => {
    const { delaysMs } = await pull((request) => {
      if (!onList(request) || request.count > 2) return undefined;
      request.response.writeHead(503, { "retry-after": request.count === 1 ? "3" : "99999" }).end();
      return null;
    });
    expect(delaysMs).toEqual([3_000, 8_000]);
  });

  it("ends as aborted when the process shuts down, also while a request waits", async () => {
    const controller = new AbortController();
    const { end } = await pull((request) => {
      if (!onList(request) || request.count === 1) return undefined;
      controller.abort();
      return null;
    }, createTestContext(controller.signal));
    expect(end).toMatchObject({ outcome: "partial", reason: "aborted", rowsSeen: 2 });
  });

  it("keeps a path of the base URL in front of the platform's paths", async () => {
    const server = await startTestServer(() => ({ code: 9 }));
    const session = createHttpSession(city.connection, { baseUrl: `${server.url}/gateway/`, credentials: {} });
    await collectPull(pullHttpPages(city.platform, session, null, createTestContext()));
    expect(server.requests[0]?.path).toBe("/gateway/api/login");
  });
});
