import { describe, expect, it } from "vitest";
import { pullHttpPages } from "./index.ts";
import {
  type IndustryFault,
  type IndustryServer,
  industryRow,
  startIndustryServer,
} from "./testing/industry-server.ts";
import { type CollectedPull, collectPull, createTestContext, NOW_MS } from "./testing/test-context.ts";

const pull = (server: IndustryServer, cursor: unknown = null, context = createTestContext()) =>
  collectPull(pullHttpPages(server.platform, server.session, cursor, context));
const idsOf = (collected: CollectedPull) => collected.rows.map((row) => (row as { zgcId: string }).zgcId);
const allOf = (server: IndustryServer) => server.rows.map((row) => row.zgcId);
/** Another answer for the given requests, counted from 1. */
const instead =
  (counts: readonly number[], answer: IndustryFault): IndustryFault =>
  (request, page) =>
    counts.includes(request.count) ? answer(request, page) : undefined;
const EMPTY = { success: true, rows: [], nextCursor: null, hasMore: false };

describe("a listing behind a cursor", () => {
  it("is pulled by signed requests to the page without more", async () => {
    const server = await startIndustryServer(10);
    const collected = await pull(server);
    expect(idsOf(collected)).toEqual(allOf(server));
    expect(collected.pages.map((page) => page.cursorAfter)).toEqual(["c4", "c8", "c10"].map((cursor) => ({ cursor })));
    expect(collected.end).toMatchObject({ outcome: "complete", reason: null, rowsSeen: 10, startedAtMs: NOW_MS });
  });

  it("is resumed from the stored cursor, and nothing is read again", async () => {
    const server = await startIndustryServer(6);
    const first = await pull(server);
    server.rows.push(industryRow(6), industryRow(7, { updateTime: 5 }));
    const second = await pull(server, first.cursor);
    expect(idsOf(second)).toEqual(["ZI6", "ZI7"]);
    expect(second.cursor).toEqual({ cursor: "c8" });
  });

  it("that has nothing new is complete, after a second look", async () => {
    const server = await startIndustryServer(6);
    const first = await pull(server);
    const requests = server.requests.length;
    expect((await pull(server, first.cursor)).end).toMatchObject({ outcome: "complete", rowsSeen: 0, pages: 0 });
    expect(server.requests.length - requests).toBe(2);
  });

  it("passes total rows and whatever else the platform sends on as they are", async () => {
    const server = await startIndustryServer(0);
    server.rows.push(industryRow(0, { type: "0", idCard: "" }), { odd: true });
    expect((await pull(server)).rows).toEqual(server.rows);
  });
});

describe("failure 15: what is not a whole page is never taken for one", () => {
  const lastTwo: IndustryFault = (_request, page) => ({ ...page, rows: page.rows.slice(-2) });

  it("a list cut to its last rows is asked for again, at the size that came", async () => {
    for (const count of [1, 2, 3]) {
      const server = await startIndustryServer(11, instead([count], lastTwo));
      expect(idsOf(await pull(server)), `request ${count}`).toEqual(allOf(server));
    }
  });

  it("a list that is always cut to its last rows is read whole, the last page too", async () => {
    const server = await startIndustryServer(11, lastTwo);
    expect(idsOf(await pull(server))).toEqual(allOf(server));
  });

  it("a platform that caps its pages is read at its cap", async () => {
    const server = await startIndustryServer(40, undefined, { rowsPerPage: 12 });
    server.rowsMax = 7;
    expect(idsOf(await pull(server))).toEqual(allOf(server));
    expect(server.requests.filter((request) => request.query.get("limit") === "12").length).toBeLessThanOrEqual(2);
  });

  it("pages that stay short although more is promised end the pull as partial", async () => {
    const cut: IndustryFault = (request, page) =>
      request.count === 1 ? undefined : { ...page, rows: page.rows.slice(1), hasMore: true };
    const collected = await pull(await startIndustryServer(90, cut, { rowsPerPage: 30 }));
    expect(collected.end).toMatchObject({ outcome: "partial", reason: "page_cut_short", rowsSeen: 30 });
    expect(collected.cursor).toEqual({ cursor: "c30" });
  });

  it("an empty answer after hasMore is no end: asked for again, then partial, and the cursor stays", async () => {
    const once = await startIndustryServer(
      10,
      instead([2], () => EMPTY),
    );
    expect(idsOf(await pull(once))).toEqual(allOf(once));
    const always = await startIndustryServer(10, (request) => (request.count > 1 ? EMPTY : undefined));
    const stuck = await pull(always);
    expect(stuck.end).toMatchObject({ outcome: "partial", reason: "list_empty", rowsSeen: 4 });
    expect(stuck.cursor).toEqual({ cursor: "c4" });
  });

  it("an empty first pull fails: a platform without rows is no news", async () => {
    const server = await startIndustryServer(0);
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason: "list_empty" });
  });

  it("a later pull is not fooled by one empty answer", async () => {
    const server = await startIndustryServer(
      6,
      instead([1], (_request, page) => ({ ...EMPTY, nextCursor: page.nextCursor })),
    );
    expect(idsOf(await pull(server, { cursor: "c4" }))).toEqual(["ZI4", "ZI5"]);
  });

  it("an empty page that promises more under the same cursor is no progress", async () => {
    const server = await startIndustryServer(10, (request) =>
      request.count > 1
        ? { success: true, rows: [], nextCursor: request.query.get("cursor"), hasMore: true }
        : undefined,
    );
    expect((await pull(server)).end).toMatchObject({ outcome: "partial", reason: "no_progress", rowsSeen: 4 });
  });

  it("the page before, sent once more, is asked for again, and in the end is no progress", async () => {
    const before: IndustryFault = () => ({
      success: true,
      rows: [0, 1, 2, 3].map((number) => industryRow(number)),
      nextCursor: "c4",
      hasMore: true,
    });
    const once = await startIndustryServer(10, instead([2], before));
    expect(idsOf(await pull(once))).toEqual(allOf(once));
    const stuck = await startIndustryServer(10, (request, page) =>
      request.count > 1 ? before(request, page) : undefined,
    );
    expect((await pull(stuck)).end).toMatchObject({ outcome: "partial", reason: "no_progress", rowsSeen: 4 });
  });

  it.each([
    ["an error body", "error_body", { success: false, message: "busy" }],
    ["no list", "body_invalid", { success: true, nextCursor: "c1", hasMore: true }],
    [
      "rows without a cursor",
      "body_invalid",
      { success: true, rows: [industryRow(1)], nextCursor: "", hasMore: false },
    ],
    [
      "a cursor that is too long to be kept",
      "body_invalid",
      { success: true, rows: [industryRow(1)], nextCursor: "c".repeat(4_097), hasMore: true },
    ],
    ["no hasMore", "body_invalid", { success: true, rows: [], nextCursor: "c1" }],
    ["a renamed field", "schema_drift", drifted()],
  ])("HTTP 200 with %s: %s", async (_name, reason, answer) => {
    const server = await startIndustryServer(10, (request) => (request.count > 1 ? answer : undefined));
    expect((await pull(server)).end).toMatchObject({ outcome: "partial", reason, rowsSeen: 4 });
  });

  it("a listing without end is left at the bound", async () => {
    const server = await startIndustryServer(40, undefined, { pagesMax: 3 });
    expect((await pull(server)).end).toMatchObject({ outcome: "partial", reason: "page_limit", pages: 3 });
  });
});

function drifted() {
  const rows = [1, 2, 3, 4].map((number) => {
    const { classtime, ...row } = industryRow(number);
    return { ...row, classTime: classtime };
  });
  return { success: true, rows, nextCursor: "c9", hasMore: true };
}

describe("a refused signature", () => {
  it("is a wrong key when the clocks agree", async () => {
    const server = await startIndustryServer(4, undefined, { secret: "another" });
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason: "signature_refused" });
  });

  it("is the clock when the platform's date is far from ours", async () => {
    const server = await startIndustryServer(4);
    server.nowMs = NOW_MS + 400_000;
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason: "clock_skew" });
    server.nowMs = NOW_MS - 200_000;
    expect((await pull(server)).end.outcome).toBe("complete");
  });

  it("is signed anew by the clock of each attempt", async () => {
    const context = createTestContext();
    const server = await startIndustryServer(4);
    server.nowMs = NOW_MS + 400_000;
    const delay = async () => {
      context.nowMs = server.nowMs;
    };
    expect((await pull(server, null, { ...context, clock: () => context.nowMs, delay })).end.outcome).toBe("complete");
  });
});
