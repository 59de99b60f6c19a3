import { describe, expect, it } from "vitest";
import { findNextLink } from "./find-next-link.ts";
import { pullHttpPages } from "./index.ts";
import { type CountyServer, type county, startCounty } from "./testing/county-server.ts";
import { industryRow } from "./testing/industry-server.ts";
import { collectPull, createTestContext } from "./testing/test-context.ts";
import type { TestRequest } from "./testing/test-server.ts";

type Paging = Extract<NonNullable<Parameters<typeof county>[0]["paging"]>, { kind: "link" }>;
interface LinkedAnswer {
  readonly rows: readonly unknown[];
  readonly next: string | null;
  readonly total: number;
  readonly delta?: string | undefined;
}
/** Changes one answer; undefined leaves it as it is, null means that the response is dealt with. */
type Fault = (request: TestRequest, answer: LinkedAnswer, rows: Record<string, unknown>[]) => unknown;

const PAGING: Paging = { kind: "link", next: ["next"], pageSize: { parameter: "size", rows: 4 }, pagesAreFull: true };
const LAST_LINK = { resume: { kind: "last-link" } } as const;
const DELTA = { resume: { kind: "link-in-body", link: ["delta"] } } as const;
const KINDS: [name: string, paging: Partial<Paging>][] = [
  ["in the body, read as a whole", {}],
  ["in the Link header, read as a whole", { next: null }],
  ["with a total", { total: ["total"] }],
  ["of pages of any size", { pageSize: null, pagesAreFull: false }],
  ["resumed at the last link", LAST_LINK],
  ["resumed at a delta link", DELTA],
];

/** Links lead by key: `?after=3&size=4` gives the rows behind number 3. */
async function start(rowCount: number, paging: Partial<Paging> = {}, fault: Fault = () => undefined) {
  const rows = Array.from({ length: rowCount }, (_, index) => industryRow(index));
  const server = await startCounty({ paging: { ...PAGING, ...paging } }, (request) => {
    const size = Number(request.query.get("size") ?? 4);
    const after = Number(request.query.get("after") ?? -1);
    const behind = rows.filter((row) => Number(String(row.zgcId).slice(2)) > after);
    const last =
      behind.length > 0 ? Number(String(behind.at(Math.min(size, behind.length) - 1)?.zgcId).slice(2)) : after;
    const next = behind.length > size ? `/hours?after=${last}&size=${size}` : null;
    const delta = next === null ? `/hours?after=${last}&delta=1` : undefined;
    const answer: LinkedAnswer = { rows: behind.slice(0, size), next, total: rows.length, delta };
    const fix = fault(request, answer, rows);
    if (fix === null) return undefined;
    const changed = fix ?? answer;
    const link = (changed as Partial<LinkedAnswer>).next;
    if (link) request.response.setHeader("link", `</hours>; rel="first", <${link}>; rel=next; title="a, b"`);
    return changed;
  });
  return { ...server, rows };
}

const pull = (server: CountyServer, cursor: unknown = null, context = createTestContext()) =>
  collectPull(pullHttpPages(server.platform, server.session, cursor, context));
const idsOf = (rows: readonly unknown[]) => rows.map((row) => (row as { zgcId: string }).zgcId);
const instead =
  (counts: readonly number[], fault: Fault): Fault =>
  (request, answer, rows) =>
    counts.includes(request.count) ? fault(request, answer, rows) : undefined;

describe.each(KINDS)("links %s", (_name, paging) => {
  it("are followed to the page without a next one", async () => {
    const server = await start(10, paging);
    const collected = await pull(server);
    expect(idsOf(collected.rows)).toEqual(idsOf(server.rows));
    expect(collected.end).toMatchObject({ outcome: "complete", reason: null, rowsSeen: 10 });
    expect(server.requests[0]?.rawUrl).toBe(paging.pageSize === null ? "/hours" : "/hours?size=4");
  });

  it("failure 15: an answer that lost its rows or its link is asked for again", async () => {
    const lost: [string, Fault][] = [
      ["rows", (_request, answer) => ({ ...answer, rows: [] })],
      ["link", (_request, answer) => ({ ...answer, next: null, delta: "/hours?after=1" })],
    ];
    for (const [name, fault] of lost) {
      for (const count of [1, 2, 3, 4]) {
        const server = await start(11, paging, instead([count], fault));
        const collected = await pull(server);
        expect(idsOf(collected.rows).toSorted(), `${name} ${count}`).toEqual(idsOf(server.rows).toSorted());
        expect(collected.end.outcome, `${name} ${count}`).toBe("complete");
      }
    }
  });

  it("failure 15: a last page that once came without its first rows is asked for again", async () => {
    const cut: Fault = (_request, answer) => ({ ...answer, rows: answer.rows.slice(-1) });
    const server = await start(11, paging, instead([3], cut));
    expect(idsOf((await pull(server)).rows).toSorted()).toEqual(idsOf(server.rows).toSorted());
  });

  it("failure 15: an empty first page is no news", async () => {
    const server = await start(0, paging);
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason: "list_empty" });
  });

  it("failure 15: an empty page that leads on for good ends the pull as partial", async () => {
    const server = await start(12, paging, (request, answer) =>
      request.query.has("after") ? { ...answer, rows: [] } : undefined,
    );
    expect((await pull(server)).end).toMatchObject({ outcome: "partial", reason: "list_empty", rowsSeen: 4 });
  });

  it.each([
    ["to the page itself", (request: TestRequest) => request.rawUrl],
    [
      "to the first page",
      (request: TestRequest) => (request.query.has("after") ? request.rawUrl.replace(/after=\d+&?/, "") : null),
    ],
    ["to another page with the same rows", (request: TestRequest) => `/hours?after=-1&size=4&n=${request.count}`],
  ])("that lead back %s are no progress", async (_where, leadTo) => {
    const server = await start(12, paging, (request, answer) => ({ ...answer, next: leadTo(request) ?? answer.next }));
    expect((await pull(server)).end).toMatchObject({
      outcome: expect.stringMatching(/partial|failed/),
      reason: "no_progress",
    });
  });

  it.each([
    "http://127.0.0.1:1/hours",
    "//elsewhere.example/hours",
    "http://user:pass@127.0.0.1/hours",
    "file:///etc/passwd",
  ])("to %s are not followed", async (next) => {
    const server = await start(12, paging, (_request, answer) => ({ ...answer, next }));
    const collected = await pull(server);
    expect(collected.end).toMatchObject({ outcome: "partial", reason: "redirect_refused", rowsSeen: 4 });
    expect(server.requests).toHaveLength(1);
  });

  it("that are relative or whole addresses of the platform are followed, without what stands after #", async () => {
    const server: CountyServer = await start(12, paging, (request, answer) => {
      if (answer.next === null) return undefined;
      const search = answer.next.slice("/hours".length);
      return { ...answer, next: request.count % 2 === 1 ? `${search}#rows` : `${server.url}/hours${search}` };
    });
    expect((await pull(server)).end).toMatchObject({ outcome: "complete", rowsSeen: 12 });
  });

  it.each([
    ["no list", "body_invalid", { next: null, total: 9, delta: "/hours" }],
    ["a renamed field", "schema_drift", { rows: [1, 2, 3, 4].map(renamed), next: null, total: 9, delta: "/hours" }],
  ])("failure 15: HTTP 200 with %s: %s", async (_fault, reason, answer) => {
    const server = await start(10, paging, (request) => (request.count > 1 ? answer : undefined));
    expect((await pull(server)).end).toMatchObject({ outcome: "partial", reason, rowsSeen: 4 });
  });
});

function refuse(response: TestRequest["response"], status: number): null {
  response.writeHead(status).end();
  return null;
}

function renamed(number: number) {
  const { classtime, ...row } = industryRow(number);
  return { ...row, classTime: classtime };
}

describe("what only some listings of links can tell", () => {
  it("a full page: a shorter one in between is asked for again, and in the end is cut short", async () => {
    const cut: Fault = (_request, answer) => ({ ...answer, rows: answer.rows.slice(-2) });
    const once = await start(12, LAST_LINK, instead([2], cut));
    expect(idsOf((await pull(once)).rows)).toEqual(idsOf(once.rows));
    const always = await start(12, LAST_LINK, (request, answer, rows) =>
      request.count > 1 ? cut(request, answer, rows) : undefined,
    );
    expect((await pull(always)).end).toMatchObject({ outcome: "partial", reason: "page_cut_short", rowsSeen: 4 });
  });

  it("a total: a listing that always loses rows of its last page does not reach it", async () => {
    const server = await start(11, { total: ["total"] }, (_request, answer) =>
      answer.next === null ? { ...answer, rows: answer.rows.slice(-1) } : undefined,
    );
    expect((await pull(server)).end).toMatchObject({ outcome: "partial", reason: "total_not_reached", rowsSeen: 9 });
  });

  it("a link that is none is no answer", async () => {
    const server = await start(11, {}, (_request, answer) => ({ ...answer, next: 7 }));
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason: "body_invalid" });
  });

  it("a last page that is never the same twice is no end", async () => {
    const server = await start(3, LAST_LINK, (request, answer) => ({
      ...answer,
      rows: answer.rows.map((row) => ({ ...(row as object), title: `${request.count}` })),
    }));
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason: "page_cut_short" });
  });

  it("failure 3: links that count rows are read again when rows slipped between pages", async () => {
    const listing = { rows: Array.from({ length: 12 }, (_, index) => industryRow(index)) };
    const server = await startCounty({ paging: PAGING }, (request) => {
      const skip = Number(request.query.get("skip") ?? 0);
      const next = skip + 4 < listing.rows.length ? `/hours?skip=${skip + 4}` : null;
      const answer = { rows: listing.rows.slice(skip, skip + 4), next };
      if (request.count === 1) listing.rows = listing.rows.slice(1);
      return answer;
    });
    const collected = await pull(server);
    expect(collected.end).toMatchObject({ outcome: "complete", rowsSeen: 12 });
    expect(idsOf(collected.rows)).toContain("ZI4");
  });
});

describe("a pull that resumes", () => {
  it("begins at the last link, whose rows come again, and takes what is new", async () => {
    const server = await start(6, LAST_LINK);
    const first = await pull(server);
    expect(first.pages.map((page) => page.cursorAfter)).toEqual([
      { link: "/hours?after=3&size=4" },
      { link: "/hours?after=3&size=4" },
    ]);
    server.rows.push(industryRow(6), industryRow(7), industryRow(8));
    const second = await pull(server, first.cursor);
    expect(idsOf(second.rows)).toEqual(["ZI4", "ZI5", "ZI6", "ZI7", "ZI8"]);
    expect(second.cursor).toEqual({ link: "/hours?after=7&size=4" });
  });

  it("begins at the link that the last page gave for it", async () => {
    const server = await start(6, DELTA);
    const first = await pull(server);
    expect(first.pages.map((page) => page.cursorAfter)).toEqual([
      { link: "/hours?after=3&size=4" },
      { link: "/hours?after=5&delta=1" },
    ]);
    const requests = server.requests.length;
    expect((await pull(server, first.cursor)).end).toMatchObject({ outcome: "complete", rowsSeen: 0, pages: 0 });
    expect(server.requests.length - requests).toBe(2);
    server.rows.push(industryRow(6));
    expect(idsOf((await pull(server, first.cursor)).rows)).toEqual(["ZI6"]);
  });

  it("failure 15: is not fooled by one empty answer", async () => {
    const server = await start(
      8,
      DELTA,
      instead([1], (_request, answer) => ({ ...answer, rows: [] })),
    );
    expect(idsOf((await pull(server, { link: "/hours?after=5&delta=1" })).rows)).toEqual(["ZI6", "ZI7"]);
  });

  it("is no end without the link to resume from", async () => {
    const server = await start(3, DELTA, (_request, answer) => ({ ...answer, delta: undefined }));
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason: "body_invalid" });
  });

  it("begins afresh where the stored link is gone, and fails where the platform is", async () => {
    const gone: Fault = ({ query, response }) => (query.has("delta") ? refuse(response, 410) : undefined);
    const server = await start(6, DELTA, gone);
    const context = createTestContext();
    const collected = await pull(server, { link: "/hours?after=5&delta=1" }, context);
    expect(collected.end).toMatchObject({ outcome: "complete", rowsSeen: 6 });
    expect(context.warnings).toContainEqual(expect.objectContaining({ platform: "some-county" }));
    const down = await start(6, DELTA, ({ response }) => refuse(response, 503));
    expect((await pull(down, { link: "/hours?after=5&delta=1" })).end).toMatchObject({ reason: "http_status" });
  });

  it("follows no stored link to another address", async () => {
    const server = await start(6, DELTA);
    const { end } = await pull(server, { link: "//elsewhere.example/hours" });
    expect(end).toMatchObject({ outcome: "failed", reason: "redirect_refused" });
  });
});

describe("the Link header (RFC 8288)", () => {
  it.each<[string, string | null]>([
    ['<https://a.example/b?c=1,2;d>; rel="next"', "https://a.example/b?c=1,2;d"],
    ['</one>; rel="prev", </two>; rel="next"', "/two"],
    ['</one>; title="x, </no>; rel=next"; rel=last, </two>; REL="prefetch NEXT"', "/two"],
    ["</one> ; rel = next", "/one"],
    ['</one>; rel="last"; rel="next"', null],
    ['</one>; rel="next"; anchor="/other", </two>; rel=next', "/two"],
    ['</one>; rel="nextpage"', null],
    ["</one>; rel", null],
    ["<>; rel=next", ""],
    ["</one", null],
    ["", null],
  ])("%s", (header, expected) => {
    expect(findNextLink(header)).toBe(expected);
  });
});
