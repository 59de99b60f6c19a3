import { gzipSync } from "node:zlib";
import { defineRoute, type StreamedLine } from "@xueshi/contracts";
import { describe, expect, it } from "vitest";
import { echoRoute, KEY, linesRoute, makeTestApp, type TestApp } from "../testing/make-test-app.ts";

const streamRoute = defineRoute({
  ...linesRoute,
  path: "/v1/streams",
  operationId: "streams",
  body: { ...linesRoute.body, lines: { bytesMax: 4_000, lineBytesMax: 40, linesMax: 5, streamed: true } },
});
const bytesRoute = defineRoute({
  method: "post",
  path: "/v1/bytes",
  operationId: "bytes",
  tag: "test",
  summary: echoRoute.summary,
  scope: "checks:write",
  bytes: { name: "Bytes", mediaTypes: ["text/csv"], bytesMax: 1_000 },
  idempotent: true,
  responses: echoRoute.responses,
  problems: [],
});

async function* asTexts(groups: AsyncIterable<readonly StreamedLine[]>): AsyncGenerator<string> {
  for await (const group of groups) {
    for (const { bytes, ...line } of group) {
      const text = Buffer.from(bytes).toString();
      yield `${JSON.stringify({ ...line, text })}\n`;
    }
  }
}

function streamingApp(options: Parameters<typeof makeTestApp>[0] = {}): TestApp {
  const test = makeTestApp(options);
  test.app.route(streamRoute, ({ body }) =>
    body.form === "lines" ? { status: 200, lineTexts: asTexts(body.lines) } : { status: 200, json: body.value },
  );
  test.app.route(bytesRoute, async ({ body }, call) => {
    let bytes = 0;
    for await (const chunk of body.chunks) bytes += chunk.length;
    const { mediaType, charset } = body;
    return { status: 200, json: { bytes, mediaType, charset, key: call.idempotencyKey } };
  });
  return test;
}

const NDJSON = { "Content-Type": "application/x-ndjson" };

/** A body whose pieces are asked for one by one; `then` says what comes after the last. */
function pieces(texts: readonly string[], then: "end" | "silence" = "end"): ReadableStream<Uint8Array> {
  const left = [...texts];
  return new ReadableStream({
    pull(controller) {
      const text = left.shift();
      if (text !== undefined) controller.enqueue(new TextEncoder().encode(text));
      else if (then === "end") controller.close();
      return text === undefined && then === "silence" ? new Promise<void>(() => {}) : undefined;
    },
  });
}

async function linesOf(answer: Response): Promise<unknown[]> {
  const text = await answer.text();
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
}

const problemOf = (lines: readonly unknown[]) => (lines.at(-1) as { problem?: { code: string } }).problem?.code;

describe("a streamed body", () => {
  const send = async (texts: readonly string[], then?: "silence", options?: Parameters<typeof makeTestApp>[0]) =>
    linesOf(await streamingApp(options).post("/v1/streams", pieces(texts, then) as unknown as string, NDJSON));

  it("comes line by line, wherever its pieces were cut", async () => {
    expect(await send(['{"n":1}\r', '\n\n{"n"', ":", '2}\n{"n":3}'])).toEqual([
      { ok: true, line: 1, value: { n: 1 }, text: '{"n":1}\r' },
      { ok: true, line: 3, value: { n: 2 }, text: '{"n":2}' },
      { ok: true, line: 4, value: { n: 3 }, text: '{"n":3}' },
    ]);
  });

  it("gives a bad line and one that is too long as bad, and goes on", async () => {
    const long = `{"text":"${"x".repeat(60)}"}`;
    expect(await send(["{\n", long.slice(0, 30), `${long.slice(30)}\n`, '{"n":4}\n'])).toEqual([
      { ok: false, line: 1, text: "{" },
      { ok: false, line: 2, text: long.slice(0, 40) },
      { ok: true, line: 3, value: { n: 4 }, text: '{"n":4}' },
    ]);
  });

  it.each<[string, readonly string[], string]>([
    ["too many lines", ["1\n".repeat(5), "2\n"], "validation_failed"],
    ["too many lines of which some are empty", ["1\n", "\n".repeat(5)], "validation_failed"],
    ["too many bytes", ["1\n", " ".repeat(4_000)], "body_too_large"],
  ])("with %s ends with the problem", async (_what, texts, code) => {
    const lines = await send(texts);
    expect(lines[0]).toMatchObject({ ok: true, line: 1 });
    expect(problemOf(lines)).toBe(code);
  });

  it.each<[string, string | Uint8Array, object, number, string]>([
    ["no line at all", "\n \n", {}, 422, "validation_failed"],
    ["nothing but too many empty lines", "\n".repeat(6), {}, 422, "validation_failed"],
    ["a compression that is none", "no gzip", { "Content-Encoding": "gzip" }, 400, "malformed_request"],
    ["too much inside", gzipSync(" ".repeat(100_000)), { "Content-Encoding": "gzip" }, 413, "body_too_large"],
  ])("with %s is refused by status, because nothing was said before", async (_what, body, headers, status, code) => {
    const answer = await streamingApp().post("/v1/streams", body as string, { ...NDJSON, ...headers });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
    expect(await answer.json()).toMatchObject({ code });
  });

  it("may take longer to come than a handler has", async () => {
    const slow = (texts: readonly string[]) => {
      const left = [...texts];
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          const text = left.shift();
          await new Promise((resolve) => setTimeout(resolve, 10));
          if (text === undefined) controller.close();
          else controller.enqueue(new TextEncoder().encode(text));
        },
      }) as unknown as string;
    };
    const bytes = Array.from({ length: 12 }, () => "x".repeat(50));
    const app = streamingApp({ handlerTimeoutMsMax: 60 });
    const answer = await app.post("/v1/bytes", slow(bytes), { "Content-Type": "text/csv" });
    expect(await answer.json()).toMatchObject({ bytes: 600 });
  });

  it("does not excuse a handler that hangs once it is there", async () => {
    const test = makeTestApp({ handlerTimeoutMsMax: 10 });
    test.app.route(bytesRoute, async ({ body }) => {
      for await (const _chunk of body.chunks);
      return new Promise(() => {});
    });
    const answer = await test.post("/v1/bytes", "a", { "Content-Type": "text/csv" });
    expect(((await answer.json()) as { code: string }).code).toBe("deadline_exceeded");
  });

  it("that stands still is given up, and what came before is answered", async () => {
    const lines = await send(['{"n":1}\n'], "silence", { bodyTimeoutMsMax: 20 });
    expect(lines[0]).toMatchObject({ ok: true, line: 1, value: { n: 1 } });
    expect(problemOf(lines)).toBe("request_timeout");
  });

  it("is unpacked", async () => {
    const headers = { ...NDJSON, "Content-Encoding": "gzip" };
    const answer = await streamingApp().post("/v1/streams", gzipSync('{"n":1}\n') as unknown as string, headers);
    expect(await linesOf(answer)).toMatchObject([{ ok: true, line: 1, value: { n: 1 } }]);
  });

  it("may also be JSON, which is read whole", async () => {
    const answer = await streamingApp().post("/v1/streams", { name: "a", hours: 1 });
    expect(await answer.json()).toEqual({ name: "a", hours: 1 });
  });
});

describe("a body of bytes", () => {
  const send = (body: string | ReadableStream, headers: Record<string, string>) =>
    streamingApp().post("/v1/bytes", body as string, headers);

  it("comes with its media type and charset, and the key of the request", async () => {
    const headers = { "Content-Type": 'text/csv; charset="GB18030"', "Idempotency-Key": "k-1" };
    expect(await (await send("a,b", headers)).json()).toEqual({
      ...{ bytes: 3, mediaType: "text/csv", charset: "gb18030", key: "k-1" },
    });
  });

  it.each<[string, string | ReadableStream, Record<string, string>, string]>([
    ["of another type", "x", { "Content-Type": "application/json" }, "unsupported_media_type"],
    ["that is announced too large", "x".repeat(1_001), { "Content-Type": "text/csv" }, "body_too_large"],
    [
      "that becomes too large",
      pieces(["x".repeat(900), "x".repeat(900)]),
      { "Content-Type": "text/csv" },
      "body_too_large",
    ],
    ["with a key of spaces", "x", { "Content-Type": "text/csv", "Idempotency-Key": "a b" }, "validation_failed"],
  ])("%s is refused", async (_what, body, headers, code) => {
    expect(((await (await send(body, headers)).json()) as { code: string }).code).toBe(code);
  });

  it("is described in the document", () => {
    const test = streamingApp();
    const { post } = test.app.document().paths["/v1/bytes"] ?? {};
    expect(post).toMatchObject({ requestBody: { content: { "text/csv": {} }, "x-bytes-max": 1_000 } });
    expect(JSON.stringify(post)).toContain("Idempotency-Key");
  });
});

describe("events", () => {
  const eventsRoute = defineRoute({
    ...{ method: "get", path: "/v1/events", operationId: "events", tag: "test", events: true },
    ...{ summary: echoRoute.summary, scope: "checks:write", responses: echoRoute.responses, problems: [] },
  });
  const asked: unknown[] = [];
  async function* frames(): AsyncGenerator<string> {
    yield "id: 1\ndata: one\n\n";
    yield "";
    yield "id: 2\ndata: two\n\n";
    throw new Error("secret");
  }
  const send = (headers: Readonly<Record<string, string>>) => {
    const test = makeTestApp();
    test.app.route(eventsRoute, (_input, call) => {
      asked.push(call.events);
      return call.events === null ? { status: 200, json: {} } : { status: 200, eventTexts: frames() };
    });
    const authorised = { Authorization: `Bearer ${KEY}`, ...headers };
    return test.app.fetch(new Request("http://localhost/v1/events", { headers: authorised }));
  };

  it.each([
    ["text/event-stream", "7", { lastEventId: "7" }],
    ["application/json;q=0.5, Text/Event-Stream;q=1", "", { lastEventId: null }],
    ["application/json", "7", null],
    ["*/*", "7", null],
  ])("are asked for by Accept: %s", async (accept, id, expected) => {
    await send({ Accept: accept, "Last-Event-ID": id });
    expect(asked.at(-1)).toEqual(expected);
  });

  it("come one by one, and what goes wrong is the last of them", async () => {
    const response = await send({ Accept: "text/event-stream" });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    const text = await response.text();
    expect(text).toMatch(
      /^id: 1\ndata: one\n\nid: 2\ndata: two\n\nevent: problem\ndata: \{.*"internal_error".*\}\n\n$/,
    );
    expect(text).not.toContain("secret");
  });
});
