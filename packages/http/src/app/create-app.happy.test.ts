import { describe, expect, it } from "vitest";
import { echoRoute, linesRoute, makeTestApp, publicRoute } from "../testing/make-test-app.ts";

function echoApp() {
  const test = makeTestApp();
  test.app.route(echoRoute, ({ params, query, body }, call) => ({
    status: 200,
    json: { params, query, body, keyId: call.principal.keyId, receivedAtMs: call.receivedAtMs },
  }));
  return test;
}

describe("a route, called well", () => {
  it("gets its input parsed and its caller known", async () => {
    const { post } = echoApp();
    const response = await post("/v1/echoes/e-1?limit=5", { name: "甲", hours: 1.5 });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual({
      params: { echoId: "e-1" },
      query: { limit: "5" },
      body: { name: "甲", hours: 1.5 },
      keyId: "key-1",
      receivedAtMs: Date.UTC(2020, 6, 31),
    });
  });

  it("keeps a sane request id of the caller and makes one otherwise", async () => {
    const { post } = echoApp();
    const body = { name: "a", hours: 1 };
    const kept = await post("/v1/echoes/e", body, { "X-Request-Id": "trace-2020.07_31" });
    expect(kept.headers.get("x-request-id")).toBe("trace-2020.07_31");
    expect((await post("/v1/echoes/e", body)).headers.get("x-request-id")).toBe("request-1");
  });

  it("writes one access line, with the pattern of the route and nothing of its parameters", async () => {
    const { post, lines } = echoApp();
    await post("/v1/echoes/secret-1?limit=9", { name: "a", hours: 1 });
    expect(lines).toEqual([
      {
        level: "info",
        message: "request",
        fields: {
          method: "POST",
          route: "/v1/echoes/{echoId}",
          status: 200,
          ms: expect.any(Number),
          requestId: "request-1",
          keyId: "key-1",
        },
      },
    ]);
  });

  it("passes text that is JSON already, and a public route without any key", async () => {
    const { app } = makeTestApp();
    app.route(publicRoute, () => ({ status: 200, jsonText: '{"a":1}' }));
    const response = await app.fetch(new Request("http://localhost/v1/times"));
    expect([response.status, await response.text()]).toEqual([200, '{"a":1}']);
    const head = await app.fetch(new Request("http://localhost/v1/times", { method: "HEAD" }));
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  it("takes application/json with a charset and in any case", async () => {
    const { post } = echoApp();
    const response = await post(
      "/v1/echoes/e",
      { name: "a", hours: 1 },
      { "Content-Type": "Application/JSON; charset=UTF-8" },
    );
    expect(response.status).toBe(200);
  });
});

describe("a route that also takes lines", () => {
  function linesApp() {
    const test = makeTestApp();
    test.app.route(linesRoute, ({ body }) => {
      if (body.form === "json") return { status: 200, json: body.value };
      return { status: 200, lines: body.lines };
    });
    return test;
  }

  it("answers JSON with JSON", async () => {
    const response = await linesApp().post("/v1/lines", { name: "a", hours: 1 });
    expect(await response.json()).toEqual({ name: "a", hours: 1 });
  });

  it.each(["application/x-ndjson", "application/jsonl", "application/ndjson; charset=utf-8"])(
    "answers %s line by line, a bad line by itself",
    async (type) => {
      const body = `{"a":1}\r\n\nnot json\n{"long":"${"x".repeat(40)}"}\n[2]`;
      const response = await linesApp().post("/v1/lines", body, { "Content-Type": type });
      expect(response.headers.get("content-type")).toBe("application/x-ndjson");
      const lines = (await response.text()).trimEnd().split("\n");
      expect(lines.map((line) => JSON.parse(line))).toEqual([
        { ok: true, line: 1, value: { a: 1 } },
        { ok: false, line: 3 },
        { ok: false, line: 4 },
        { ok: true, line: 5, value: [2] },
      ]);
    },
  );

  it("logs the access when the last line is out", async () => {
    const { post, lines } = linesApp();
    const response = await post("/v1/lines", "1\n2\n", { "Content-Type": "application/x-ndjson" });
    await response.text();
    expect(lines.map((line) => [line.message, line.fields.status])).toEqual([["request", 200]]);
  });

  it("stops making lines when the caller goes away", async () => {
    const test = makeTestApp();
    let made = 0;
    let returned = false;
    async function* endless() {
      try {
        for (;;) yield `line ${made++} ${"x".repeat(1_000)}`;
      } finally {
        returned = true;
      }
    }
    test.app.route(linesRoute, () => ({ status: 200, lines: endless() }));
    const response = await test.post("/v1/lines", "1", { "Content-Type": "application/x-ndjson" });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(returned).toBe(true);
    expect(made).toBeLessThan(200);
  });
});

describe("what every service has", () => {
  it("says that it is alive", async () => {
    const response = await makeTestApp().app.fetch(new Request("http://localhost/healthz"));
    expect([response.status, await response.json()]).toEqual([200, { state: "alive" }]);
  });

  it("says whether it is ready, which check failed, and when it drains", async () => {
    let works = true;
    const { app, lines } = makeTestApp({
      readiness: {
        database: async () => {
          if (!works) throw new Error("connect ECONNREFUSED 10.0.0.7");
        },
      },
    });
    const ready = async () => {
      const response = await app.fetch(new Request("http://localhost/readyz"));
      return [response.status, await response.json()];
    };
    expect(await ready()).toEqual([200, { state: "ready", checks: { database: "ok" } }]);
    works = false;
    expect(await ready()).toEqual([503, { state: "not_ready", checks: { database: "failed" } }]);
    expect(lines.filter((line) => line.level === "warn")).toHaveLength(1);
    app.startDraining();
    expect(await ready()).toEqual([503, { state: "draining", checks: {} }]);
  });

  it("logs why it is not ready when that begins, becomes another cause or ends, and not at each probe", async () => {
    let failure: Error | null = null;
    const { app, lines } = makeTestApp({
      readiness: {
        database: async () => {
          if (failure !== null) throw failure;
        },
        queue: async () => {},
      },
    });
    const states: (Error | null)[] = [null, new Error("refused"), new Error("refused"), new Error("keys"), null, null];
    for (const state of states) {
      failure = state;
      for (let probe = 0; probe < 3; probe += 1) await app.fetch(new Request("http://localhost/readyz"));
    }
    const said = lines.filter(({ message }) => / ?ready/.test(message));
    expect(said.map(({ level, message, fields }) => [level, message, fields?.check, String(fields?.error)])).toEqual([
      ["warn", "not ready", "database", "Error: refused"],
      ["warn", "not ready", "database", "Error: keys"],
      ["info", "ready again", "database", "undefined"],
    ]);
  });
});
