import { createHash } from "node:crypto";
import { constants, createGzip, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fetchCatalogue, pullHttpPages } from "./index.ts";
import { countRange } from "./pull-range.ts";
import { type county, startCounty } from "./testing/county-server.ts";
import { industryRow } from "./testing/industry-server.ts";
import { collectPull, createTestContext } from "./testing/test-context.ts";
import type { TestHandler, TestRequest } from "./testing/test-server.ts";

type Settings = Parameters<typeof county>[0];

const ROWS = [0, 1, 2, 3, 4, 5].map((number) => industryRow(number));
const LIST = { path: "/gateway", rows: ["data", "rows"], method: "POST", fixed: { service: "hours.list" } } as const;
const PLACES = { after: ["query", "after"], page: ["query", "page"], size: ["query", "size"] };
const JSON_BODY = { ...LIST, parameters: "json-body", places: PLACES } as const;
const FORM_BODY = { ...LIST, parameters: "form-body" } as const;
const PAGINGS = {
  page: { kind: "page", indexParameter: "page", indexFirst: 0, pageSizeParameter: "size", rowsPerPage: 4 },
  cursor: {
    kind: "cursor",
    cursorParameter: "after",
    limitParameter: "size",
    nextCursor: ["next"],
    hasMore: ["more"],
    rowsPerPage: 4,
  },
  updateTime: {
    kind: "page-by-update-time",
    updatedFromParameter: "after",
    pageIndexParameter: "page",
    pageSizeParameter: "size",
    total: ["total"],
    rowsPerPage: 4,
    updatedFromFirst: "0",
    overlapSeconds: 0,
  },
} as const satisfies Record<string, NonNullable<Settings["paging"]>>;

interface Asked {
  readonly after?: string | number;
  readonly page?: string | number;
  readonly size: string | number;
}

/** Answers whatever is asked for, by page, by cursor or by update time. */
function answer(asked: Asked) {
  const isByTime = asked.after !== undefined && asked.page !== undefined;
  const from = isByTime ? ROWS.filter((row) => Number(row.updateTime) >= Number(asked.after)) : ROWS;
  const page = isByTime ? Number(asked.page) - 1 : Number(asked.page ?? 0);
  const start = !isByTime && asked.after !== undefined ? Number(asked.after) : page * Number(asked.size);
  const end = Math.min(start + Number(asked.size), from.length);
  return { data: { rows: from.slice(start, end) }, total: from.length, next: String(end), more: end < from.length };
}

const pull = (server: Awaited<ReturnType<typeof startCounty>>, context = createTestContext()) =>
  collectPull(pullHttpPages(server.platform, server.session, null, context));

describe.each(Object.entries(PAGINGS))("a list that is asked for by POST, paged by %s", (_name, paging) => {
  it("gets its parameters in a JSON body, numbers as numbers, at their places", async () => {
    const list = { ...JSON_BODY, ...(paging.kind === "page-by-update-time" ? { numbers: ["after"] } : {}) };
    const server = await startCounty({ list, paging }, ({ body }) => answer(JSON.parse(body).query));
    expect((await pull(server)).end).toMatchObject({ outcome: "complete", rowsSeen: 6 });
    const [first] = server.requests;
    expect(first).toMatchObject({ method: "POST", rawUrl: "/gateway" });
    expect(first?.headers["content-type"]).toBe("application/json");
    const query = {
      page: { page: 0, size: 4 },
      cursor: { after: "", size: 4 },
      "page-by-update-time": { after: 0, page: 1, size: 4 },
    }[paging.kind];
    expect(JSON.parse(first?.body ?? "")).toEqual({ service: "hours.list", query });
  });

  it("gets them in a form", async () => {
    const server = await startCounty({ list: FORM_BODY, paging }, ({ body }) =>
      answer(Object.fromEntries(new URLSearchParams(body)) as never),
    );
    expect((await pull(server)).end).toMatchObject({ outcome: "complete", rowsSeen: 6 });
    expect(server.requests[0]).toMatchObject({ method: "POST", rawUrl: "/gateway" });
    expect(new URLSearchParams(server.requests[0]?.body).get("service")).toBe("hours.list");
  });
});

describe("a gateway with one path for everything", () => {
  it("is asked for the list and for the catalogue by different fixed parameters, each signed with its body", async () => {
    const catalogue = {
      path: "/gateway",
      method: "POST",
      parameters: "json-body",
      fixed: { service: "categories" },
      entries: ["data", "entries"],
      codeField: "code",
      classField: "class",
    } as const;
    const auth = {
      kind: "hmac-signed",
      credentials: ["key", "secret"],
      keyHeader: "x-key",
      timestampHeader: "x-time",
      signatureHeader: "x-sign",
      skewMsMax: 1_000,
      parts: ["body-digest"],
    } as const;
    const digests: string[] = [];
    const server = await startCounty({ list: JSON_BODY, paging: PAGINGS.cursor, catalogue, auth }, ({ body }) => {
      digests.push(createHash("sha256").update(body).digest("hex"));
      const { service, query } = JSON.parse(body);
      return service === "categories" ? { data: { entries: [{ code: "1", class: "2" }] } } : answer(query);
    });
    const fetched = await fetchCatalogue(server.platform, server.session, createTestContext());
    expect(fetched).toMatchObject({ kind: "value", value: { entries: [{ code: "1", class: "2" }] } });
    await pull(server);
    const signatures = server.requests.map((request) => request.headers["x-sign"]);
    expect(new Set(signatures).size).toBe(new Set(digests).size);
  });

  it("counts the rows of a range by the same interface", async () => {
    const list = { ...JSON_BODY, numbers: ["after"] };
    const server = await startCounty({ list, paging: PAGINGS.updateTime }, ({ body }) =>
      answer(JSON.parse(body).query),
    );
    const range = { fromDay: "2020-01-01", untilDay: "2020-01-01" } as never;
    expect(await countRange(server.platform, server.session, range, createTestContext())).toBe(6);
    expect(server.requests.every(({ method }) => method === "POST")).toBe(true);
  });
});

describe("a platform without an envelope", () => {
  const paging = {
    kind: "page",
    indexParameter: "page",
    indexFirst: 0,
    pageSizeParameter: "size",
    rowsPerPage: 4,
  } as const;
  const list = { path: "/hours", rows: [] };

  it("may answer with the array itself", async () => {
    const server = await startCounty({ list, paging }, ({ query }) => {
      const start = Number(query.get("page")) * Number(query.get("size"));
      return ROWS.slice(start, start + Number(query.get("size")));
    });
    expect((await pull(server)).end).toMatchObject({ outcome: "complete", rowsSeen: 6 });
  });

  it.each([
    ["an error body", { error: "busy" }, "body_invalid"],
    ["nothing", null, "body_invalid"],
    ["an empty array", [], "list_empty"],
  ])("failure 15: HTTP 200 with %s is no listing: %s", async (_name, body, reason) => {
    const server = await startCounty({ list, paging }, ({ response }) => void response.end(JSON.stringify(body)));
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason, rowsSeen: 0 });
  });
});

const compressed =
  (encoding: string, compress: (text: string) => Buffer): TestHandler =>
  ({ query, response }) => {
    const asked = { page: query.get("page") ?? "", size: query.get("size") ?? "" };
    response.writeHead(200, { "content-encoding": encoding }).end(compress(JSON.stringify(answer(asked))));
  };

describe("a compressed answer", () => {
  const settings = { list: { path: "/hours", rows: ["data", "rows"] }, paging: PAGINGS.page };

  it.each([
    ["gzip", (text: string) => gzipSync(text)],
    ["deflate", (text: string) => deflateSync(text)],
  ])("in %s is read", async (encoding, compress) => {
    const server = await startCounty(settings, compressed(encoding, compress));
    expect((await pull(server)).end).toMatchObject({ outcome: "complete", rowsSeen: 6 });
    expect(server.requests[0]?.headers["accept-encoding"]).toContain(encoding);
  });

  it("that swells is left as soon as it is too large: this one has no end", async () => {
    const server = await startCounty({ ...settings, bodyBytesMax: 1_000_000 }, swell);
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason: "body_too_large" });
  });

  it("is measured after it is decompressed", async () => {
    const compress = (text: string) => gzipSync(text + " ".repeat(200_000));
    const small = await startCounty({ ...settings, bodyBytesMax: 100_000 }, compressed("gzip", compress));
    expect((await pull(small)).end).toMatchObject({ reason: "body_too_large" });
    const large = await startCounty({ ...settings, bodyBytesMax: 300_000 }, compressed("gzip", compress));
    expect((await pull(large)).end).toMatchObject({ outcome: "complete" });
  });

  it("that is a little larger than what it holds is not refused for that", async () => {
    const asked = { page: "0", size: "4" };
    const bodyBytesMax = Buffer.byteLength(JSON.stringify(answer(asked)));
    const compress = (text: string) => gzipSync(text, { level: 0 });
    const server = await startCounty({ ...settings, bodyBytesMax }, ({ query, response }) => {
      const bytes = compress(JSON.stringify(answer({ page: query.get("page") ?? "", size: query.get("size") ?? "" })));
      response.writeHead(200, { "content-encoding": "gzip", "content-length": bytes.length }).end(bytes);
    });
    expect((await pull(server)).end).toMatchObject({ outcome: "complete", rowsSeen: 6 });
  });

  it("that is cut off is no answer", async () => {
    const server = await startCounty(
      settings,
      compressed("gzip", (text) => gzipSync(text).subarray(0, -20)),
    );
    expect((await pull(server)).end).toMatchObject({
      outcome: "failed",
      reason: expect.stringMatching(/connection_failed|body_invalid/),
    });
  });
});

/** Zeros without end, some bytes of which are a megabyte. */
function swell({ response }: TestRequest): undefined {
  response.writeHead(200, { "content-encoding": "gzip" });
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  gzip.pipe(response);
  const zeros = Buffer.alloc(1_000_000);
  const write = () => {
    if (response.destroyed) gzip.destroy();
    else gzip.write(zeros, () => setImmediate(write));
  };
  gzip.on("error", () => {});
  write();
}

describe("a platform that asks to be left alone", () => {
  it.each([
    ["429", "2", [2_000]],
    ["429", "Sun, 01 Nov 2026 00:00:06 GMT", [6_000]],
    ["503", "Sun, 01 Nov 2026 01:00:00 GMT", [8_000]],
    ["503", "Sat, 31 Oct 2026 00:00:00 GMT", [500]],
  ])("by %s and Retry-After %s is asked again after %j ms", async (status, retryAfter, delaysMs) => {
    const context = createTestContext();
    const server = await startCounty(
      { list: { path: "/hours", rows: ["data", "rows"] }, paging: PAGINGS.page },
      (request) => {
        if (request.count > 1) return answer(Object.fromEntries(request.query) as never);
        request.response.writeHead(Number(status), { "retry-after": retryAfter }).end();
        return undefined;
      },
    );
    expect((await pull(server, context)).end).toMatchObject({ outcome: "complete", rowsSeen: 6 });
    expect(context.delaysMs).toEqual(delaysMs);
  });

  it("ends the pull when it is aborted while it waits for its turn", async () => {
    const controller = new AbortController();
    const context = { ...createTestContext(controller.signal), delay: async () => controller.abort() };
    const settings = { list: { path: "/hours", rows: ["data", "rows"] }, paging: PAGINGS.page };
    const server = await startCounty({ ...settings, rateLimit: { requestsPerMinuteMax: 1 } }, ({ query }) =>
      answer(Object.fromEntries(query) as never),
    );
    expect((await pull(server, context)).end).toMatchObject({ outcome: "partial", reason: "aborted", rowsSeen: 4 });
    expect(server.requests).toHaveLength(1);
  });
});
