import { describe, expect, it } from "vitest";
import { rateLimit } from "../limits/rate-limit.ts";
import { echoRoute, ID_NUMBER, KEY, makeTestApp, publicRoute } from "../testing/make-test-app.ts";

const good = { name: "a", hours: 1 };

function echoApp(options: Parameters<typeof makeTestApp>[0] = {}, scopes?: Parameters<typeof makeTestApp>[1]) {
  const test = makeTestApp(options, scopes);
  test.app.route(echoRoute, ({ body }) => ({ status: 200, json: body }));
  test.app.route(publicRoute, () => ({ status: 200, json: {} }));
  return test;
}

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { code: string }).code;
}

describe("keys and scopes", () => {
  it.each([
    ["no key", "", "credentials_missing", 'Bearer realm="xueshi"'],
    ["another scheme", "Basic dXNlcjpwYXNz", "credentials_invalid", 'Bearer realm="xueshi", error="invalid_token"'],
    ["an unknown key", `Bearer ${KEY.replaceAll("a", "b")}`, "credentials_invalid", undefined],
    ["half a key", `Bearer ${KEY.slice(0, 30)}`, "credentials_invalid", undefined],
    [
      "a key of another kind",
      `Bearer ${KEY.replace("declaration-system", "operator")}`,
      "credentials_invalid",
      undefined,
    ],
    ["a key with more after it", `Bearer ${KEY} x`, "credentials_invalid", undefined],
    ["a very long key", `Bearer ${KEY}${"a".repeat(5_000)}`, "credentials_invalid", undefined],
  ])("refuses %s", async (_name, authorization, code, challenge) => {
    const { post } = echoApp();
    const response = await post("/v1/echoes/e", good, { Authorization: authorization });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code });
    expect(response.headers.get("www-authenticate")).toContain(challenge ?? 'error="invalid_token"');
  });

  it("refuses a key without the scope and names the scope", async () => {
    const { post } = echoApp({}, ["records:write"]);
    const response = await post("/v1/echoes/e", good);
    expect([response.status, await codeOf(response)]).toEqual([403, "scope_missing"]);
    expect(response.headers.get("www-authenticate")).toContain('scope="checks:write"');
  });

  it("reads nothing of a body before the caller is known", async () => {
    const { post } = echoApp();
    let pulled = 0;
    const body = new ReadableStream(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(1));
        },
      },
      { highWaterMark: 0 },
    );
    expect((await post("/v1/echoes/e", body, { Authorization: "" })).status).toBe(401);
    expect(pulled).toBe(0);
  });

  it("limits the rate of a key when it is told to, and says when to come back", async () => {
    const clock = () => Date.UTC(2020, 6, 31);
    const { post } = echoApp({ rateLimit: rateLimit({ requestsPerSecond: 1, burst: 2, clock }) });
    const first = await post("/v1/echoes/e", good);
    expect(first.headers.get("ratelimit-policy")).toBe('"key";q=2;w=2');
    expect(first.headers.get("ratelimit")).toBe('"key";r=1;t=1');
    await post("/v1/echoes/e", good);
    const refused = await post("/v1/echoes/e", good);
    expect([refused.status, await codeOf(refused)]).toEqual([429, "rate_limited"]);
    expect(refused.headers.get("retry-after")).toBe("1");
  });
});

describe("bodies beyond their bound", () => {
  const large = JSON.stringify({ name: "x".repeat(300), hours: 1 });

  it("refuses by the announced length alone", async () => {
    const { post } = echoApp();
    const response = await post("/v1/echoes/e", good, { "Content-Length": "201" });
    expect([response.status, await codeOf(response)]).toEqual([413, "body_too_large"]);
    expect(response.headers.get("connection")).toBe("close");
  });

  it("stops reading one without an announced length", async () => {
    const { post } = echoApp();
    let pulled = 0;
    let cancelled = false;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(100).fill(0x20));
      },
      cancel() {
        cancelled = true;
      },
    });
    const response = await post("/v1/echoes/e", endless);
    expect(response.status).toBe(413);
    expect(cancelled).toBe(true);
    expect(pulled).toBeLessThan(10);
  });

  it("refuses a large one that is whole, and takes one at the bound", async () => {
    const { post } = echoApp();
    expect((await post("/v1/echoes/e", large)).status).toBe(413);
    const atBound = `${JSON.stringify(good)}${" ".repeat(200)}`.slice(0, 200);
    expect((await post("/v1/echoes/e", atBound)).status).toBe(200);
  });
});

describe("personal data", () => {
  it("never shows up in problems or logs, whatever part of a request carries it", async () => {
    const { app, post, lines } = echoApp();
    const bodies: unknown[] = [
      { name: ID_NUMBER, hours: 1 },
      { name: "a", hours: ID_NUMBER },
      { [ID_NUMBER]: 1 },
      ID_NUMBER,
      `{"name":"${ID_NUMBER}`,
    ];
    const texts: string[] = [];
    for (const body of bodies) {
      const response = await post("/v1/echoes/e", body as object);
      expect(response.status).toBeGreaterThanOrEqual(400);
      texts.push(await response.text());
    }
    const addresses = [
      `/v1/echoes/${ID_NUMBER}/x`,
      `/v1/echoes/A${ID_NUMBER}`,
      `/v1/echoes/e?${ID_NUMBER}=${ID_NUMBER}`,
    ];
    for (const address of addresses) texts.push(await (await post(address, good)).text());
    const response = await app.fetch(
      new Request("http://localhost/v1/times", { headers: { "X-Request-Id": ID_NUMBER } }),
    );
    texts.push(response.headers.get("x-request-id") ?? "");
    expect(texts.join("\n")).not.toContain("330899");
    expect(JSON.stringify(lines)).not.toContain("330899");
  });

  it("keeps keys out of problems and logs", async () => {
    const { post, lines } = echoApp();
    const unknown = KEY.replaceAll("a", "c");
    const response = await post("/v1/echoes/e", good, { Authorization: `Bearer ${unknown}` });
    expect(await response.text()).not.toContain(unknown);
    await post("/v1/echoes/e", good);
    expect(JSON.stringify(lines)).not.toMatch(/xs_/);
  });
});

describe("headers", () => {
  it.each(["/v1/times", "/nowhere", "/healthz", "/openapi.json"])(
    "%s is not cached, sniffed, framed or run",
    async (path) => {
      const { app } = echoApp();
      const { headers } = await app.fetch(new Request(`http://localhost${path}`));
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
    },
  );

  it.each([
    ["a line break", "abcdefgh\tx"],
    ["a script", "<script>alert(1)</script>"],
    ["too short", "a"],
    ["too long", "a".repeat(65)],
    ["an id number", ID_NUMBER],
  ])("does not repeat a request id with %s", async (_name, value) => {
    const { app } = echoApp();
    const response = await app.fetch(new Request("http://localhost/healthz", { headers: { "X-Request-Id": value } }));
    expect(response.headers.get("x-request-id")).toBe("request-1");
  });
});
