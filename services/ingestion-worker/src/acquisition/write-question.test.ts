import { describe, expect, it } from "vitest";
import { county } from "./testing/county-server.ts";
import { writeQuestion } from "./write-question.ts";

type List = NonNullable<Parameters<typeof county>[0]["list"]>;

function write(list: Partial<List>, parameters: Record<string, string>, counting: string[] = []) {
  const { connection } = county({ list: { path: "/hours", rows: [], ...list } });
  const { url, body, headers, method } = writeQuestion("http://county/base", connection.list, parameters, counting);
  return { method, address: url.href, body, type: headers["content-type"] };
}

describe("writeQuestion", () => {
  it("puts the parameters of a GET into the query, sorted, the fixed ones among them", () => {
    expect(write({ fixed: { type: "hours", active: true } }, { page: "2", since: "2020-01-01 00:00:00" })).toEqual({
      method: "GET",
      address: "http://county/base/hours?active=true&page=2&since=2020-01-01%2000%3A00%3A00&type=hours",
      body: undefined,
      type: undefined,
    });
  });

  it("puts those of a POST into the query where it says nothing else", () => {
    expect(write({ method: "POST" }, { page: "2" })).toMatchObject({
      method: "POST",
      address: "http://county/base/hours?page=2",
      body: "",
    });
  });

  it("writes a form", () => {
    expect(write({ method: "POST", parameters: "form-body", fixed: { 类型: "学时 & 学分" } }, { page: "2" })).toEqual({
      method: "POST",
      address: "http://county/base/hours",
      body: `page=2&${encodeURIComponent("类型")}=${encodeURIComponent("学时 & 学分")}`,
      type: "application/x-www-form-urlencoded",
    });
  });

  it("writes a JSON body with parameters at their places, counts as numbers and other text as text", () => {
    const list = {
      method: "POST",
      parameters: "json-body",
      fixed: { method: "hours.list", full: true, version: 2 },
      places: { page: ["data", "paging", "page"], size: ["data", "paging", "size"], since: ["data", "since"] },
      numbers: ["since"],
    } as const;
    const written = write(list, { page: "0", size: "100", since: "1577808000000", cursor: "007" }, ["page", "size"]);
    expect(written).toMatchObject({ address: "http://county/base/hours", type: "application/json" });
    expect(JSON.parse(written.body ?? "")).toEqual({
      method: "hours.list",
      full: true,
      version: 2,
      cursor: "007",
      data: { paging: { page: 0, size: 100 }, since: 1_577_808_000_000 },
    });
  });

  it("lets a question's own parameter win over a fixed one", () => {
    expect(write({ fixed: { page: 1 } }, { page: "2" }).address).toBe("http://county/base/hours?page=2");
  });

  it("leaves as text what would not come through as a number", () => {
    const list = { method: "POST", parameters: "json-body", numbers: ["a", "b", "c"] } as const;
    expect(JSON.parse(write(list, { a: "9999999999999999999", b: "01", c: "1.5" }).body ?? "")).toEqual({
      a: "9999999999999999999",
      b: "01",
      c: "1.5",
    });
  });
});

describe("how a list is asked", () => {
  it.each<[string, Partial<List>]>([
    ["A GET has its parameters in the query", { parameters: "json-body" }],
    ["Only a JSON body has places", { method: "POST", parameters: "form-body", places: { page: ["a", "b"] } }],
    [
      "Two parameters have places one inside the other",
      { method: "POST", parameters: "json-body", places: { page: ["a"], size: ["a", "b"] } },
    ],
  ])("is refused: %s", (message, list) => {
    expect(() => write(list, {})).toThrow(message);
  });
});
