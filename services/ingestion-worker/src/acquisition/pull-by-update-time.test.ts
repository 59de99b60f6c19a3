import { describe, expect, it } from "vitest";
import { pullHttpPages } from "./index.ts";
import type { CityListing } from "./testing/city-listing.ts";
import { cityRow, secondsAfter, smallCity } from "./testing/city-listing.ts";
import { type CityFault, startCityServer } from "./testing/city-server.ts";
import { type CollectedPull, collectPull, createTestContext } from "./testing/test-context.ts";

const city = smallCity();
const idsOf = (pull: CollectedPull) => pull.rows.map((row) => (row as { Id: string }).Id);
const numbered = (count: number, seconds: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => cityRow(`Q${String(index).padStart(3, "0")}`, seconds(index)));
/** Does something right before the given answer of the listing (counted from 1) is made. */
const before =
  (count: number, act: (listing: CityListing) => void): CityFault =>
  (request, listing) => {
    if (request.path === "/api/credit/list" && request.count === count) act(listing);
    return undefined;
  };
/** Another answer of the listing for the given requests. */
const instead =
  (counts: readonly number[], answer: (listing: CityListing, query: URLSearchParams) => unknown): CityFault =>
  (request, listing) =>
    request.path === "/api/credit/list" && counts.includes(request.count) ? answer(listing, request.query) : undefined;

async function pull(server: Awaited<ReturnType<typeof startCityServer>>, cursor: unknown = null, of = city) {
  return collectPull(pullHttpPages(of.platform, server.session, cursor, createTestContext()));
}

describe("a listing by update time is read whole", () => {
  it("yields every row once, verbatim, with its page as received and a cursor no later than the page", async () => {
    const rows = numbered(8, (index) => index);
    const server = await startCityServer(city, rows);
    const { pages, rows: pulled, end } = await pull(server);
    expect(pulled).toEqual(rows);
    expect(pages.map((page) => page.cursorAfter)).toEqual([2, 4, 6, 7].map((s) => ({ updatedFrom: secondsAfter(s) })));
    expect(JSON.parse(Buffer.from(pages[0]?.body ?? []).toString()).data.list).toEqual(rows.slice(0, 3));
    expect(pages[1]?.rows).toHaveLength(2);
    expect(end).toMatchObject({ outcome: "complete", reason: null, rowsSeen: 8, rowsReread: 3, pages: 4 });
    expect(end).toMatchObject({ advertisedTotal: 8, startedAtMs: createTestContext().nowMs });
  });

  it("failure 1: rows that share the boundary's update time are not lost between two pulls", async () => {
    const server = await startCityServer(city, [cityRow("A", 0), cityRow("B", 5)]);
    const first = await pull(server);
    server.listing.append([cityRow("C", 5), cityRow("D", 6)]);
    const second = await pull(server, first.cursor);
    expect(idsOf(second)).toEqual(["B", "C", "D"]);
    expect(server.queries().at(-1)).toMatchObject({ updatedFrom: secondsAfter(5), pageIndex: "1" });
  });

  it("failure 1: a group of rows with one update time, longer than a page, is read whole", async () => {
    const server = await startCityServer(
      city,
      numbered(11, (index) => (index < 2 ? 0 : index < 9 ? 5 : 6)),
    );
    const first = await pull(server);
    expect(idsOf(first)).toEqual(server.listing.rows.map((row) => row.Id));
    expect(first.end.outcome).toBe("complete");
  });

  it("failure 2: the cursor comes from the rows of the page, not from rows that arrive while it is read", async () => {
    const late = before(2, (listing) => listing.append([cityRow("X", 90), cityRow("Y", 91), cityRow("Z", 92)]));
    const server = await startCityServer(
      city,
      numbered(4, (index) => index),
      late,
    );
    const { pages, rows } = await pull(server);
    for (const page of pages) {
      const seconds = page.rows.map((row) => (row as { UpdateTime: string }).UpdateTime);
      expect((page.cursorAfter as { updatedFrom: string }).updatedFrom).toBe(seconds.at(-1));
    }
    expect(rows).toHaveLength(7);
  });

  it.each([1, 2, 3, 4])(
    "failure 3: a row touched before answer %i pushes no other row past the reader",
    async (count) => {
      const rows = numbered(10, (index) => Math.floor(index / 2));
      const server = await startCityServer(
        city,
        rows,
        before(count, (listing) => listing.touch("Q001", 100)),
      );
      const ids = idsOf(await pull(server));
      expect(new Set(ids)).toEqual(new Set(rows.map((row) => row.Id)));
      expect(ids.at(-1)).toBe("Q001");
    },
  );

  it.each([2, 3, 4, 5])(
    "failure 3: a row touched before answer %i, inside a group with one update time, hides no other",
    async (count) => {
      const rows = numbered(12, (index) => (index < 10 ? 5 : 6));
      const server = await startCityServer(
        city,
        rows,
        before(count, (listing) => listing.touch("Q000", 100)),
      );
      const { rows: pulled, end } = await pull(server);
      const ids = new Set(pulled.map((row) => (row as { Id: string }).Id));
      expect(ids).toEqual(new Set(rows.map((row) => row.Id)));
      expect(end.outcome).toBe("complete");
    },
  );

  it("failure 3: the cursor does not leave a group with one update time before its second reading", async () => {
    const rows = numbered(9, (index) => (index < 8 ? 5 : 6));
    const broken = instead([5, 6, 7, 8], () => ({ code: 500 }));
    const server = await startCityServer(city, rows, broken);
    const first = await pull(server);
    expect(first.end).toMatchObject({ outcome: "partial", reason: "error_body", rowsSeen: 9 });
    expect(first.cursor).toEqual({ updatedFrom: secondsAfter(5) });
    const second = await pull(server, first.cursor);
    expect(second.end).toMatchObject({ outcome: "complete", rowsSeen: 9 });
    expect(second.cursor).toEqual({ updatedFrom: secondsAfter(6) });
  });

  it("failure 4: the cursor is the platform's own text, never rounded up", async () => {
    const server = await startCityServer(city, [cityRow("A", 0, { UpdateTime: "2020-01-01 00:00:00.900" })]);
    const first = await pull(server);
    expect(first.cursor).toEqual({ updatedFrom: "2020-01-01 00:00:00.900" });
    server.listing.append([cityRow("B", 0, { UpdateTime: "2020-01-01 00:00:00.950" })]);
    expect(idsOf(await pull(server, first.cursor))).toEqual(["A", "B"]);
    const overlapping = smallCity({ overlapSeconds: 1 });
    await pull(server, first.cursor, overlapping);
    expect(server.queries().at(-1)).toMatchObject({ updatedFrom: "2019-12-31 23:59:59" });
  });

  it("failure 5: the cursor is the update time, so a row with an old report date is met", async () => {
    const server = await startCityServer(city, [cityRow("A", 0)]);
    const first = await pull(server);
    server.listing.append([cityRow("B", 9, { CreditTime: "2011-01-01" })]);
    expect(idsOf(await pull(server, first.cursor))).toContain("B");
  });

  it("reads back by the overlap, for rows that the platform commits late", async () => {
    const overlapping = smallCity({ overlapSeconds: 60 });
    const server = await startCityServer(overlapping, [cityRow("A", 100)]);
    const first = await pull(server, null, overlapping);
    server.listing.append([cityRow("B", 50)]);
    expect(idsOf(await pull(server, first.cursor, overlapping))).toEqual(["B", "A"]);
  });

  it("does not store a position of a platform whose clock runs ahead", async () => {
    const ahead = [cityRow("A", 0), cityRow("B", 0, { UpdateTime: "2038-01-01 00:00:00" })];
    const server = await startCityServer(city, ahead);
    const { cursor, end } = await pull(server);
    expect(cursor).toEqual({ updatedFrom: "2026-11-01 08:00:00" });
    expect(end.outcome).toBe("complete");
  });

  it("takes every row of a platform whose clock is behind, and never asks by our time", async () => {
    const server = await startCityServer(city, [cityRow("A", 0), cityRow("B", 1)]);
    const first = await pull(server);
    expect(first.cursor).toEqual({ updatedFrom: secondsAfter(1) });
    server.listing.append([cityRow("C", 1), cityRow("D", 2)]);
    expect(idsOf(await pull(server, first.cursor))).toEqual(["B", "C", "D"]);
  });

  it("starts afresh with a cursor of another kind", async () => {
    const server = await startCityServer(city, [cityRow("A", 0)]);
    await pull(server, { cursor: "abc" });
    expect(server.queries()[0]).toMatchObject({ updatedFrom: city.paging.updatedFromFirst });
  });
});

describe("a row that is read again is told from a row that is sent twice", () => {
  it("counts equal rows, also across pages", async () => {
    const twins = [
      cityRow("A", 0),
      cityRow("A", 0),
      cityRow("B", 1),
      cityRow("C", 1),
      cityRow("C", 1),
      cityRow("C", 1),
    ];
    const server = await startCityServer(city, twins);
    const first = await pull(server);
    expect(idsOf(first)).toEqual(["A", "A", "B", "C", "C", "C"]);
  });

  it("takes rows again in the next pull, for which they are new", async () => {
    const server = await startCityServer(city, [cityRow("A", 0), cityRow("B", 1), cityRow("B", 1)]);
    const first = await pull(server);
    server.listing.append([cityRow("B", 1)]);
    const second = await pull(server, first.cursor);
    expect(idsOf(first)).toEqual(["A", "B", "B"]);
    expect(idsOf(second)).toEqual(["B", "B", "B"]);
  });

  it("does not take rows that differ in one field for equal ones", async () => {
    const server = await startCityServer(city, [cityRow("A", 0), cityRow("A", 0, { Credit: 9 })]);
    expect(idsOf(await pull(server))).toEqual(["A", "A"]);
  });
});

describe("failure 15: what is not a whole page is never taken for one", () => {
  const rows = numbered(20, (index) => index);
  const wide = smallCity({ rowsPerPage: 12 });

  it("a list cut to its last rows is asked for again, at the size that came", async () => {
    const cut = instead([1], (listing, query) => {
      const page = listing.page(query);
      return { code: 0, data: { total: page.total, list: page.list.slice(-8) } };
    });
    const server = await startCityServer(wide, rows, cut);
    const collected = await pull(server, null, wide);
    expect(idsOf(collected)).toEqual(rows.map((row) => row.Id));
    expect(server.queries().map((query) => query.pageSize)).toEqual(["12", "8", "12", "12"]);
  });

  it("a list that is always cut to the last 8 is read in pages of 8", async () => {
    const cut: CityFault = (request, listing) => {
      if (request.path !== "/api/credit/list") return undefined;
      const page = listing.page(request.query);
      return { code: 0, data: { total: page.total, list: page.list.slice(-8) } };
    };
    const collected = await pull(await startCityServer(wide, rows, cut), null, wide);
    expect(idsOf(collected)).toEqual(rows.map((row) => row.Id));
    expect(collected.end.outcome).toBe("complete");
  });

  it("a platform that caps its pages is read at its cap", async () => {
    const server = await startCityServer(
      wide,
      numbered(60, (index) => Math.floor(index / 20)),
    );
    server.listing.rowsMax = 7;
    const collected = await pull(server, null, wide);
    expect(idsOf(collected)).toEqual(server.listing.rows.map((row) => row.Id));
    expect(collected.end.outcome).toBe("complete");
    expect(server.queries().filter((query) => query.pageSize === "12").length).toBeLessThanOrEqual(3);
  });

  it("a listing that ends before its first total is reached is partial, and complete when the rest is there", async () => {
    const cut = instead([3, 4, 5, 6], (listing, query) => {
      const page = listing.page(query);
      return { code: 0, data: { total: Math.min(2, page.total), list: page.list.slice(0, 2) } };
    });
    const server = await startCityServer(city, rows, cut);
    const first = await pull(server);
    expect(first.end).toMatchObject({ outcome: "partial", reason: "total_not_reached", advertisedTotal: 20 });
    for (let count = server.queries().length; count < 6; count += 1) await pull(server, first.cursor);
    const second = await pull(server, first.cursor);
    expect(second.end.outcome).toBe("complete");
    expect(new Set([...idsOf(first), ...idsOf(second)])).toEqual(new Set(rows.map((row) => row.Id)));
  });

  it("pages that stay short of their own total end the pull as partial", async () => {
    const shrinking: CityFault = (request, listing) => {
      if (request.path !== "/api/credit/list" || request.count === 1) return undefined;
      const page = listing.page(request.query);
      return { code: 0, data: { total: page.total, list: page.list.slice(0, -1) } };
    };
    const collected = await pull(await startCityServer(wide, rows, shrinking), null, wide);
    expect(collected.end).toMatchObject({ outcome: "partial", reason: "page_cut_short", rowsSeen: 12 });
    expect(collected.cursor).toEqual({ updatedFrom: secondsAfter(11) });
  });

  it("an empty list is no end: a first pull fails, a later one is partial, and the cursor stays", async () => {
    const empty = () => ({ code: 0, data: { total: 0, list: [] } });
    const always = instead([1, 2, 3, 4], empty);
    expect((await pull(await startCityServer(city, rows, always))).end).toMatchObject({
      outcome: "failed",
      reason: "list_empty",
    });
    const later = await pull(await startCityServer(city, rows, instead([2, 3, 4, 5], empty)));
    expect(later.end).toMatchObject({ outcome: "partial", reason: "list_empty", rowsSeen: 3 });
    const once = await pull(await startCityServer(city, rows, instead([2], empty)));
    expect(once.end).toMatchObject({ outcome: "complete", rowsSeen: 20 });
  });

  it("the page before, sent once more, is asked for again, and in the end is no progress", async () => {
    const stale = (listing: CityListing) => {
      const query = new URLSearchParams({ updatedFrom: secondsAfter(0), pageIndex: "1", pageSize: "3" });
      return { code: 0, data: listing.page(query) };
    };
    expect((await pull(await startCityServer(city, rows, instead([3], stale)))).end.rowsSeen).toBe(20);
    const stuck = await pull(await startCityServer(city, rows, instead([3, 4, 5, 6], stale)));
    expect(stuck.end).toMatchObject({ outcome: "partial", reason: "no_progress", rowsSeen: 5 });
  });

  it("a platform that ignores the page index makes no progress, and its rows are no repetitions", async () => {
    const group = numbered(8, () => 5);
    const first = instead([1, 2, 3, 4, 5, 6], (listing, query) => {
      query.set("pageIndex", "1");
      return { code: 0, data: listing.page(query) };
    });
    const stuck = await pull(await startCityServer(city, group, first));
    expect(stuck.end).toMatchObject({ outcome: "partial", reason: "no_progress", rowsSeen: 3 });
    expect(new Set(idsOf(stuck)).size).toBe(3);
  });

  it("a renamed field stops the pull before rows are refused for it", async () => {
    const drifted = (listing: CityListing, query: URLSearchParams) => {
      const { total, list } = listing.page(query);
      return {
        code: 0,
        data: { total, list: list.map(({ Credit, ...row }: Record<string, unknown>) => ({ ...row, Hours: Credit })) },
      };
    };
    const collected = await pull(await startCityServer(city, rows, instead([2, 3, 4, 5], drifted)));
    expect(collected.end).toMatchObject({ outcome: "partial", reason: "schema_drift", rowsSeen: 3 });
  });

  it.each([
    ["rows out of order", "order_broken", { total: 2, list: [cityRow("A", 2), cityRow("B", 1)] }],
    ["no total", "body_invalid", { list: [cityRow("A", 2)] }],
    ["a total below the rows", "body_invalid", { total: 1, list: [cityRow("A", 1), cityRow("B", 2)] }],
    ["no list", "body_invalid", { total: 0, list: null }],
  ])("%s: %s", async (_name, reason, data) => {
    const broken = instead([1, 2, 3, 4], () => ({ code: 0, data }));
    expect((await pull(await startCityServer(city, rows, broken))).end).toMatchObject({ outcome: "failed", reason });
  });

  it("a row whose update time cannot be read is kept, and moves nothing", async () => {
    const odd = [cityRow("A", 0), cityRow("B", 1), cityRow("C", 2, { UpdateTime: "soon" })];
    const answer = instead([1], () => ({ code: 0, data: { total: 3, list: odd } }));
    const collected = await pull(await startCityServer(city, odd, answer));
    expect(collected.rows).toHaveLength(3);
    expect(collected.cursor).toEqual({ updatedFrom: secondsAfter(1) });
  });

  it("a listing without end is left at the bound", async () => {
    const bounded = smallCity({}, { pagesMax: 2 });
    const collected = await pull(await startCityServer(bounded, rows), null, bounded);
    expect(collected.end).toMatchObject({ outcome: "partial", reason: "page_limit", pages: 2 });
  });
});
