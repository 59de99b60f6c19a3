import { PROBLEMS, type Problem, type ProblemCode } from "@xueshi/contracts";
import { describe, expect, it } from "vitest";
import { HttpProblem } from "../problem/http-problem.ts";
import { echoRoute, linesRoute, makeTestApp, publicRoute } from "../testing/make-test-app.ts";

function echoApp() {
  const test = makeTestApp();
  test.app.route(echoRoute, ({ body }) => ({ status: 200, json: body }));
  test.app.route(publicRoute, () => ({ status: 200, json: {} }));
  return test;
}

async function problemOf(response: Response, code: ProblemCode): Promise<Problem> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = (await response.json()) as Problem;
  expect(problem).toMatchObject({
    code,
    status: PROBLEMS[code].status,
    type: `/docs#problem-${code}`,
    title: PROBLEMS[code].title["zh-CN"],
    requestId: response.headers.get("x-request-id"),
  });
  expect(response.status).toBe(PROBLEMS[code].status);
  return problem;
}

const good = { name: "a", hours: 1 };

describe("problems of the address", () => {
  it("answers an unknown path", async () => {
    const { app } = echoApp();
    await problemOf(await app.fetch(new Request("http://localhost/v2/echoes")), "route_not_found");
  });

  it.each([
    ["PUT", "/v1/echoes/e-1", "POST"],
    ["GET", "/v1/echoes/e-1", "POST"],
    ["DELETE", "/v1/times", "GET, HEAD"],
    ["OPTIONS", "/healthz", "GET, HEAD"],
  ])("answers %s %s with the methods it takes", async (method, path, allow) => {
    const { app } = echoApp();
    const response = await app.fetch(new Request(`http://localhost${path}`, { method }));
    await problemOf(response, "method_not_allowed");
    expect(response.headers.get("allow")).toBe(allow);
  });

  it.each([
    ["/v1/echoes/E1", [{ path: "echoId", code: "format_wrong" }]],
    ["/v1/echoes/e?page=2", [{ path: "page", code: "unknown_field" }]],
  ])("answers %s with the parameter at fault", async (path, errors) => {
    const { post } = echoApp();
    expect((await problemOf(await post(path, good), "validation_failed")).errors).toMatchObject(errors);
  });

  it("refuses a query where none is taken", async () => {
    const { app } = echoApp();
    const response = await app.fetch(new Request("http://localhost/v1/times?idNumber=330899197312100005"));
    const problem = await problemOf(response, "validation_failed");
    expect(problem.errors).toMatchObject([{ path: "idNumber", code: "unknown_field" }]);
    expect(JSON.stringify(problem)).not.toContain("330899");
  });
});

describe("problems of the body", () => {
  it.each([
    ["cut off", '{"name":"a"'],
    ["empty", ""],
    ["not UTF-8", new Uint8Array([0x7b, 0x22, 0xbf, 0xd1, 0x22, 0x3a, 0x31, 0x7d])],
    ["too deep", `${"[".repeat(40)}${"]".repeat(40)}`],
  ])("malformed_json when it is %s", async (_name, body) => {
    const { post } = echoApp();
    await problemOf(await post("/v1/echoes/e", body), "malformed_json");
  });

  it("takes brackets inside strings for what they are", async () => {
    const { post } = echoApp();
    const response = await post("/v1/echoes/e", `{"name":"[[\\"[[","hours":1}`);
    expect(response.status).toBe(200);
  });

  it.each([
    ["another type", { "Content-Type": "text/plain" }],
    ["a form", { "Content-Type": "application/x-www-form-urlencoded" }],
    ["another charset", { "Content-Type": "application/json; charset=gb18030" }],
    ["lines where none are taken", { "Content-Type": "application/x-ndjson" }],
    ["a content encoding but gzip", { "Content-Encoding": "br" }],
  ])("unsupported_media_type for %s", async (_name, headers) => {
    const { post } = echoApp();
    await problemOf(await post("/v1/echoes/e", good, headers as Record<string, string>), "unsupported_media_type");
  });

  it("validation_failed with each field at fault, in the caller's language", async () => {
    const { post } = echoApp();
    const response = await post(
      "/v1/echoes/e",
      { name: "12345678901", hour: 1 },
      { "Accept-Language": "en-GB,en;q=0.9" },
    );
    const problem = await response.json();
    expect(problem).toMatchObject({
      code: "validation_failed",
      title: PROBLEMS.validation_failed.title.en,
      errors: [
        { path: "name", code: "too_long", message: "At most 10 characters are taken." },
        { path: "hours", code: "required" },
        { path: "hour", code: "unknown_field" },
      ],
    });
    expect(response.headers.get("content-language")).toBe("en");
  });

  it.each([
    ["no lines", "\n \r\n", "too_few"],
    ["too many lines", "1\n2\n3\n4\n5\n6", "too_many"],
  ])("validation_failed for %s", async (_name, body, code) => {
    const { app, post } = makeTestApp();
    app.route(linesRoute, () => ({ status: 200, json: {} }));
    const response = await post("/v1/lines", body, { "Content-Type": "application/x-ndjson" });
    expect((await problemOf(response, "validation_failed")).errors).toMatchObject([{ code }]);
  });
});

describe("problems of the handler", () => {
  it("answers the problem that was thrown, with its headers", async () => {
    const { app, lines } = makeTestApp();
    app.route(publicRoute, () => {
      throw new HttpProblem("batch_not_found", { headers: { "Retry-After": "9" } });
    });
    const response = await app.fetch(new Request("http://localhost/v1/times"));
    await problemOf(response, "batch_not_found");
    expect(response.headers.get("retry-after")).toBe("9");
    expect(lines.map((line) => line.level)).toEqual(["info"]);
  });

  it.each([
    ["an error", () => Promise.reject(new Error("password=hunter2 at 10.0.0.7"))],
    ["no error at all", () => Promise.reject("hunter2")],
    [
      "at once",
      () => {
        throw new TypeError("hunter2");
      },
    ],
  ])("answers internal_error, which leaks nothing, when %s is thrown", async (_name, handler) => {
    const { app, lines } = makeTestApp();
    app.route(publicRoute, handler as () => Promise<never>);
    const response = await app.fetch(new Request("http://localhost/v1/times"));
    const problem = await problemOf(response, "internal_error");
    expect(JSON.stringify(problem)).not.toContain("hunter2");
    expect(lines.find((line) => line.level === "error")?.fields).toMatchObject({
      requestId: problem.requestId,
      route: "/v1/times",
      code: "internal_error",
    });
  });

  it("answers deadline_exceeded and aborts the call when the handler takes too long", async () => {
    const { app } = makeTestApp({ handlerTimeoutMsMax: 5 });
    let aborted = false;
    app.route(publicRoute, (_input, call) => {
      call.signal.addEventListener("abort", () => {
        aborted = true;
      });
      return new Promise(() => {});
    });
    const response = await app.fetch(new Request("http://localhost/v1/times"));
    await problemOf(response, "deadline_exceeded");
    expect(response.headers.get("retry-after")).toBe("1");
    expect(aborted).toBe(true);
  });

  it("answers request_timeout when the body does not come", async () => {
    const { app, post } = makeTestApp({ bodyTimeoutMsMax: 5 });
    app.route(echoRoute, () => ({ status: 200, json: {} }));
    const never = new ReadableStream({ pull: () => new Promise(() => {}) });
    await problemOf(await post("/v1/echoes/e", never), "request_timeout");
  });

  it("ends a stream that fails with a problem as its last line, and logs the failure", async () => {
    const { app, post, lines } = makeTestApp();
    async function* failing() {
      yield { n: 1 };
      throw new Error("hunter2");
    }
    app.route(linesRoute, () => ({ status: 200, lines: failing() }));
    const response = await post("/v1/lines", "1", { "Content-Type": "application/x-ndjson" });
    const text = await response.text();
    expect(text).not.toContain("hunter2");
    const [, last] = text.trimEnd().split("\n");
    expect(JSON.parse(last ?? "")).toMatchObject({ problem: { code: "internal_error" } });
    expect(lines.map((line) => line.level)).toEqual(["error", "info"]);
  });
});
