import { describe, expect, it } from "vitest";
import { LANGUAGES } from "../language.ts";
import { LIMITS } from "../limits.ts";
import { parseBody } from "../validation/parse-body.ts";
import { parseCheck } from "../validation/parse-check.ts";
import { parseWithdrawal } from "../validation/parse-withdrawal.ts";
import { INGESTION_ROUTES, pushRecordsRoute } from "./ingestion.ts";
import { decideReviewRoute, LEDGER_ROUTES, listReviewsRoute } from "./ledger.ts";
import { checkRoutes, queryRoutes } from "./query.ts";
import type { Route } from "./route.ts";

const vocabulary = { series: [{ code: "economics" }], educations: [{ code: "bachelor" }] };
const services: Readonly<Record<string, readonly Route[]>> = {
  ingestion: INGESTION_ROUTES,
  ledger: LEDGER_ROUTES,
  query: queryRoutes(vocabulary),
};

describe.each(Object.entries(services))("the routes of %s", (_name, routes) => {
  it("are told apart by operation and by method and path", () => {
    expect(new Set(routes.map((route) => route.operationId)).size).toBe(routes.length);
    expect(new Set(routes.map((route) => `${route.method} ${route.path}`)).size).toBe(routes.length);
  });

  it.each(routes.map((route) => [route.operationId, route] as const))("%s is complete", (_operation, route) => {
    for (const language of LANGUAGES) expect(route.summary[language]).not.toBe("");
    expect(route.path.includes("{")).toBe(route.params !== undefined);
    expect(route.scope).not.toBeNull();
    expect(Object.keys(route.responses).length).toBeGreaterThan(0);
    if (route.body === undefined) return;
    expect(route.body.bytesMax).toBeGreaterThan(0);
    expect(errorsOf(route.body.documented ?? route.body.schema, route.body.example)).toEqual([]);
  });
});

function errorsOf(schema: Parameters<typeof parseBody>[0], value: unknown): string[] {
  const parsed = parseBody(schema, value, "en");
  return parsed.ok ? [] : parsed.errors.map((error) => `${error.path} ${error.code}`);
}

describe("the envelope of a push", () => {
  const { schema } = pushRecordsRoute.body;

  it("takes up to 1,000 records of any content; each is judged by itself later", () => {
    expect(errorsOf(schema, { records: Array.from({ length: LIMITS.recordsPerRequestMax }, () => null) })).toEqual([]);
  });

  it.each([
    ["none", { records: [] }, ["records too_few"]],
    ["too many", { records: Array.from({ length: 1_001 }, () => null) }, ["records too_many"]],
    ["something else", { records: {} }, ["records type_wrong"]],
    ["nothing", {}, ["records required"]],
    ["more", { records: [1], source: "other" }, ["source unknown_field"]],
  ])("refuses %s", (_name, value, expected) => {
    expect(errorsOf(schema, value)).toEqual(expected);
  });
});

describe("a withdrawal", () => {
  it("takes its reason from the body, or else from the query", () => {
    expect(parseWithdrawal({ reason: "wrong person" }, { reason: "other" }, "en")).toMatchObject({
      value: { reason: "wrong person" },
    });
    expect(parseWithdrawal(undefined, { reason: "other" }, "en")).toMatchObject({ value: { reason: "other" } });
  });

  it("cannot do without one", () => {
    expect(parseWithdrawal(undefined, {}, "en")).toMatchObject({ errors: [{ path: "reason", code: "required" }] });
  });
});

describe("a decision", () => {
  const { schema } = decideReviewRoute.body;

  it.each([
    [{ subject: "professional", reason: "course outline" }],
    [{ counts: true, reason: "two courses", document: "letter 7" }],
  ])("takes %o", (value) => {
    expect(errorsOf(schema, value)).toEqual([]);
  });

  it.each([
    [{ reason: "x" }, [" choose_one"]],
    [{ subject: "professional", counts: true, reason: "x" }, [" choose_one"]],
    [{ subject: "sports", reason: "x" }, ["subject value_not_listed"]],
    [{ counts: false, reason: "x" }, ["counts value_not_listed"]],
    [{ subject: "professional" }, ["reason required"]],
  ])("refuses %o", (value, expected) => {
    expect(errorsOf(schema, value)).toEqual(expected);
  });
});

describe("pages", () => {
  it("read their size from the query, within bounds", () => {
    const { query } = listReviewsRoute;
    expect(parseBody(query, { limit: "25" }, "en")).toMatchObject({ value: { limit: 25 } });
    expect(errorsOf(query, { limit: "0" })).toEqual(["limit too_small"]);
    expect(errorsOf(query, { limit: "1001" })).toEqual(["limit too_large"]);
    expect(errorsOf(query, { limit: "ten" })).toEqual(["limit format_wrong"]);
    expect(errorsOf(query, { cursor: "a b" })).toEqual(["cursor format_wrong"]);
  });
});

describe("requirements as a query", () => {
  it("reads the declaration from the address", () => {
    const { query } = checkRoutes(vocabulary).getRequirementsRoute;
    const asked = { place: "quzhou", year: "2020", kind: "annual-duty", series: "economics" };
    expect(parseBody(query, asked, "en")).toMatchObject({ value: { year: 2020 } });
    expect(errorsOf(query, { ...asked, year: "20" })).toEqual(["year format_wrong"]);
    expect(errorsOf(query, { ...asked, idNumber: "1" })).toEqual(["idNumber unknown_field"]);
  });
});

describe("one check of a batch", () => {
  const { schema } = checkRoutes(vocabulary).checkRoute.body;

  it.each([
    [{ id: "D-1" }, "D-1"],
    [{ id: "not a reference" }, null],
    [{ id: 7 }, null],
    [[], null],
    [null, null],
  ])("%o that cannot be read is still known as %s", (value, id) => {
    const parsed = parseCheck(schema, value, "en");
    expect([parsed.id, parsed.check.ok]).toEqual([id, false]);
  });
});
