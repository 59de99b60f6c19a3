import { describe, expect, it } from "vitest";
import { pullHttpPages } from "./index.ts";
import { type CountyServer, county, startCounty } from "./testing/county-server.ts";
import { industryRow } from "./testing/industry-server.ts";
import { type CollectedPull, collectPull, createTestContext, NOW_MS } from "./testing/test-context.ts";
import type { TestRequest } from "./testing/test-server.ts";

type Paging = Extract<NonNullable<Parameters<typeof county>[0]["paging"]>, { kind: "page" }>;
interface PageAnswer {
  readonly rows: readonly unknown[];
  readonly total?: number;
  readonly more?: boolean;
}
/** Changes one answer; undefined leaves it as it is. */
type Fault = (request: TestRequest, answer: PageAnswer, listing: Listing) => unknown;

interface Listing {
  rows: Record<string, unknown>[];
  /** The most rows a page holds, whatever is asked. */
  rowsMax: number;
}

const PAGING: Paging = {
  kind: "page",
  indexParameter: "page",
  indexFirst: 1,
  pageSizeParameter: "size",
  rowsPerPage: 4,
};
const KINDS: [name: string, paging: Partial<Paging>][] = [
  ["by number with a total", { total: ["total"] }],
  ["by number from 0 with hasMore", { indexFirst: 0, hasMore: ["more"] }],
  ["by number with neither", {}],
  ["by offset with a total", { indexFirst: 0, indexCounts: "rows", total: ["total"] }],
  ["by offset with neither", { indexFirst: 0, indexCounts: "rows" }],
  ["by number with both", { total: ["total"], hasMore: ["more"] }],
];

async function start(rowCount: number, paging: Partial<Paging> = {}, fault: Fault = () => undefined, pagesMax = 1_000) {
  const listing: Listing = { rows: Array.from({ length: rowCount }, (_, index) => industryRow(index)), rowsMax: 500 };
  const asked = { ...PAGING, ...paging };
  const server = await startCounty({ paging: asked, pagesMax }, (request) => {
    const size = Number(request.query.get("size"));
    const index = Number(request.query.get("page")) - asked.indexFirst;
    const start = asked.indexCounts === "rows" ? index : index * size;
    const end = start + Math.min(size, listing.rowsMax);
    const { length } = listing.rows;
    const answer = { rows: listing.rows.slice(start, end), total: length, more: end < length };
    return fault(request, answer, listing) ?? answer;
  });
  return Object.assign(listing, server);
}

const pull = (server: CountyServer, cursor: unknown = null, context = createTestContext()) =>
  collectPull(pullHttpPages(server.platform, server.session, cursor, context));
const idsOf = (rows: readonly unknown[]) => rows.map((row) => (row as { zgcId: string }).zgcId);
const sorted = (rows: readonly unknown[]) => idsOf(rows).toSorted();
const instead =
  (counts: readonly number[], fault: Fault): Fault =>
  (request, answer, listing) =>
    counts.includes(request.count) ? fault(request, answer, listing) : undefined;

describe.each(KINDS)("a listing %s", (_name, paging) => {
  it("is read to its end, and again until two passes agree; each row is given out once", async () => {
    const server = await start(10, paging);
    const collected = await pull(server);
    expect(idsOf(collected.rows)).toEqual(idsOf(server.rows));
    expect(collected.end).toMatchObject({ outcome: "complete", reason: null, rowsSeen: 10, startedAtMs: NOW_MS });
    expect(collected.cursor).toEqual({ rowsRead: 10 });
  });

  it("that ends with a full page is read whole", async () => {
    const server = await start(8, paging);
    expect(idsOf((await pull(server)).rows)).toEqual(idsOf(server.rows));
  });

  it("is read from its first page again by the next pull, whatever was stored", async () => {
    const server = await start(6, paging);
    const first = await pull(server);
    server.rows.unshift(industryRow(77));
    expect(sorted((await pull(server, first.cursor)).rows)).toEqual(sorted(server.rows));
  });

  it("failure 15: a list cut to its last rows is asked for again, at the size that came", async () => {
    for (const count of [1, 2, 3, 4]) {
      const cut: Fault = (_request, answer) => ({ ...answer, rows: answer.rows.slice(-1) });
      const server = await start(11, paging, instead([count], cut));
      const collected = await pull(server);
      expect(sorted(collected.rows), `request ${count}`).toEqual(sorted(server.rows));
      expect(collected.end.outcome).toBe("complete");
    }
  });

  it("failure 15: a list that is always cut to its last two rows is read whole", async () => {
    const server = await start(11, paging, (_request, answer) => ({ ...answer, rows: answer.rows.slice(-2) }));
    const collected = await pull(server);
    expect(sorted(collected.rows)).toEqual(sorted(server.rows));
    expect(collected.end.outcome).toBe("complete");
  });

  it("failure 15: one empty answer is no end, wherever it comes", async () => {
    for (const count of [1, 2, 3, 4, 5]) {
      const empty: Fault = (_request, answer) => ({ ...answer, rows: [], more: false });
      const server = await start(11, paging, instead([count], empty));
      const collected = await pull(server);
      expect(sorted(collected.rows), `request ${count}`).toEqual(sorted(server.rows));
    }
  });

  it("failure 15: an empty first page is no news", async () => {
    const server = await start(0, paging);
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason: "list_empty", rowsSeen: 0 });
    expect((await pull(server, { rowsRead: 10 })).end).toMatchObject({ outcome: "failed", reason: "list_empty" });
  });

  it("of a platform that caps its pages is read at its cap", async () => {
    const server = await start(40, { ...paging, rowsPerPage: 12 });
    server.rowsMax = 7;
    expect(sorted((await pull(server)).rows)).toEqual(sorted(server.rows));
  });

  it("of a platform that ignores the page is no progress", async () => {
    const server = await start(12, paging, (_request, answer, { rows }) => ({ ...answer, rows: rows.slice(0, 4) }));
    expect((await pull(server)).end).toMatchObject({ outcome: "partial", reason: "no_progress", rowsSeen: 4 });
  });

  it("whose page before comes once more by chance is asked for again", async () => {
    const before: Fault = (_request, answer, { rows }) => ({ ...answer, rows: rows.slice(0, 4) });
    const server = await start(12, paging, instead([2], before));
    expect(idsOf((await pull(server)).rows)).toEqual(idsOf(server.rows));
  });

  it("passes total rows and whatever else the platform sends on as they are", async () => {
    const server = await start(2, paging);
    server.rows.push(industryRow(9, { type: "0", idCard: "" }), { odd: true });
    expect((await pull(server)).rows).toEqual(server.rows);
  });

  it("without end is left at the bound", async () => {
    const server = await start(100, paging, undefined, 3);
    expect((await pull(server)).end).toMatchObject({ outcome: "partial", reason: "page_limit", pages: 3 });
  });

  it.each([
    ["no list", "body_invalid", { total: 10, more: true }],
    ["a renamed field", "schema_drift", { rows: [1, 2, 3, 4].map(renamed), total: 10, more: true }],
  ])("failure 15: HTTP 200 with %s: %s", async (_fault, reason, answer) => {
    const server = await start(10, paging, (request) => (request.count > 1 ? answer : undefined));
    expect((await pull(server)).end).toMatchObject({ outcome: "partial", reason, rowsSeen: 4 });
  });
});

function renamed(number: number) {
  const { classtime, ...row } = industryRow(number);
  return { ...row, classTime: classtime };
}

describe("a listing that does not say where it ends", () => {
  it.each(["pages", "rows"] as const)(
    "is looked at twice behind its last row, by the number of %s",
    async (indexCounts) => {
      const server = await start(8, { indexCounts });
      await pull(server);
      const perPass = ["1 4", "2 4", indexCounts === "pages" ? "3 4" : "9 4", "9 1"];
      const asked = server.requests.map(({ query }) => `${query.get("page")} ${query.get("size")}`);
      expect(asked).toEqual(
        [...perPass, ...perPass].map((text) => (indexCounts === "rows" ? text.replace("2 4", "5 4") : text)),
      );
    },
  );
});

describe("what contradicts itself", () => {
  it.each<[string, Partial<Paging>, PageAnswer | object]>([
    ["no total", { total: ["total"] }, { rows: [industryRow(1)] }],
    ["a total below the rows", { total: ["total"] }, { rows: [industryRow(1), industryRow(2)], total: 1 }],
    ["no hasMore", { hasMore: ["more"] }, { rows: [industryRow(1)] }],
    ["more than the total", { total: ["total"], hasMore: ["more"] }, { rows: [industryRow(1)], total: 1, more: true }],
  ])("%s is no answer", async (_name, paging, answer) => {
    const server = await start(10, paging, () => answer);
    expect((await pull(server)).end).toMatchObject({ outcome: "failed", reason: "body_invalid" });
  });

  it("pages that stay short of the total end the pull as partial", async () => {
    const server = await start(90, { total: ["total"], rowsPerPage: 30 }, (request, answer) =>
      request.count === 1 ? undefined : { ...answer, rows: answer.rows.slice(1) },
    );
    const { end } = await pull(server);
    expect(end).toMatchObject({ outcome: "partial", reason: "page_cut_short", rowsSeen: 30, advertisedTotal: 90 });
  });
});

describe("failure 3: a listing that changes while it is read", () => {
  const paging = { total: ["total"] };

  it("and lets a row slip to a page that was read is read again, and nothing is missing", async () => {
    const server = await start(12, paging, (request, _answer, listing) => {
      // After the first page its first row goes: the fifth is now the last of the first page.
      if (request.count === 1) queueMicrotask(() => listing.rows.shift());
      return undefined;
    });
    const collected = await pull(server);
    expect(collected.end).toMatchObject({ outcome: "complete", rowsSeen: 12 });
    expect(idsOf(collected.rows)).toContain("ZI4");
    expect(new Set(idsOf(collected.rows)).size).toBe(12);
  });

  it("at every look ends as partial, and keeps what came", async () => {
    const server = await start(12, paging, (_request, _answer, listing) => {
      queueMicrotask(() => listing.rows.push(listing.rows.shift() as Record<string, unknown>));
      return undefined;
    });
    const collected = await pull(server);
    expect(collected.end).toMatchObject({ outcome: "partial", reason: "order_broken" });
    expect(collected.rows.length).toBeGreaterThan(4);
  });

  it("or has no fixed order, so that a row comes twice in one pass and another never, is not complete", async () => {
    const server = await start(8, paging, (request, answer, { rows }) =>
      request.query.get("page") === "2" ? { ...answer, rows: [rows[0], rows[5], rows[6], rows[7]] } : undefined,
    );
    const collected = await pull(server);
    expect(idsOf(collected.rows)).not.toContain("ZI4");
    expect(collected.end).toMatchObject({ outcome: "partial", reason: "order_broken", rowsSeen: 8 });
  });

  it("is complete with rows that the platform is known to list twice, and gives both out", async () => {
    const server = await start(6, { ...paging, rowsRepeat: true });
    server.rows.push(industryRow(2));
    const collected = await pull(server);
    expect(collected.end).toMatchObject({ outcome: "complete", rowsSeen: 7 });
    expect(idsOf(collected.rows).filter((id) => id === "ZI2")).toHaveLength(2);
  });

  it("reads no more passes than it may", async () => {
    const server = await start(4, { ...paging, passesMax: 3 }, (request, answer) => ({
      ...answer,
      rows: answer.rows.map((row) => ({ ...(row as object), title: `${request.count}` })),
    }));
    expect((await pull(server)).end).toMatchObject({ outcome: "partial", reason: "order_broken" });
    expect(server.requests).toHaveLength(3);
  });
});

describe("a listing that changes at one moment of a pull", () => {
  it("has each row that was there from the beginning to the end, whatever moved and whenever", async () => {
    let changed = 0;
    let slipped = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      const { rowsBefore, rowsAfter, collected, isChanged, hasSlipped } = await pullWhileOneChanges(seed);
      if (isChanged) changed += 1;
      if (hasSlipped) slipped += 1;
      const stayed = rowsBefore.filter((row) => rowsAfter.includes(row));
      expect(collected.end.outcome, `seed ${seed}`).toBe("complete");
      expect(idsOf(collected.rows), `seed ${seed}`).toEqual(expect.arrayContaining(idsOf(stayed)));
    }
    // The courses that would have lost a row in a single pass were among them.
    expect(changed).toBeGreaterThan(150);
    expect(slipped).toBeGreaterThan(30);
  });
});

async function pullWhileOneChanges(seed: number) {
  const random = (limit: number, salt: number) =>
    Math.floor((Math.abs(Math.sin(seed * 12.9898 + salt)) * 43_758.5453) % limit);
  const kind = KINDS[random(KINDS.length, 1)]?.[1] ?? {};
  const { platform, connection } = county({ paging: { ...PAGING, rowsPerPage: 1 + random(5, 2), ...kind } });
  const { paging, list } = connection;
  if (paging.kind !== "page") throw new Error("Another paging than was asked for.");
  const rowsBefore = Array.from({ length: 3 + random(12, 3) }, (_, index) => industryRow(index));
  let rows = rowsBefore;
  const changeAt = 1 + random(12, 4);
  let requests = 0;
  const session: CountyServer["session"] = {
    async ask(_asked, parameters, read) {
      requests += 1;
      if (requests === changeAt) rows = moved(rows, random(rows.length, 5), random(rows.length, 6), random(3, 7));
      const size = Number(parameters.size);
      const index = Number(parameters.page) - paging.indexFirst;
      const start = paging.indexCounts === "rows" ? index : index * size;
      const answer = { rows: rows.slice(start, start + size), total: rows.length, more: start + size < rows.length };
      return read(answer, new Uint8Array(), { url: new URL(list.path, "http://county"), headers: new Headers() });
    },
  };
  const collected = await collectPull(pullHttpPages(platform, session, null, createTestContext()));
  return {
    rowsBefore,
    rowsAfter: rows,
    collected,
    isChanged: requests >= changeAt,
    hasSlipped: isOutOfOrder(collected),
  };
}

/** A row goes, comes new, or moves to another place. */
function moved<Row>(rows: readonly Row[], from: number, to: number, how: number): Row[] {
  const taken = rows.slice(from, from + 1);
  if (how === 0) return rows.filter((_, index) => index !== from);
  const others = how === 1 ? rows.slice() : rows.filter((_, index) => index !== from);
  const row = how === 1 ? (industryRow(100 + from) as Row) : taken[0];
  return row === undefined ? others : others.toSpliced(to, 0, row);
}

/** A later pass brought a row that the first one had missed or that was new. */
function isOutOfOrder({ rows }: CollectedPull): boolean {
  const numbers = idsOf(rows).map((id) => Number(id.slice(2)));
  return numbers.some((number, index) => number < (numbers[index - 1] ?? 0));
}
