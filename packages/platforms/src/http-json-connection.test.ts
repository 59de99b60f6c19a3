import { describe, expect, it } from "vitest";
import { type HttpJsonSettings, httpJsonConnectionSchema } from "./http-json-connection.ts";
import { connection as city } from "./quzhou-city/connection.ts";
import { connection as industry } from "./zj-industry/connection.ts";

const SETTINGS: HttpJsonSettings = {
  ...industry,
  paging: { kind: "link" },
};

const parse = (settings: object) => httpJsonConnectionSchema.safeParse({ ...SETTINGS, ...settings });

describe("the connections there are", () => {
  it("ask by GET with their parameters in the query, and sign as they always did", () => {
    const plain = { method: "GET", parameters: "query", fixed: {}, places: {}, numbers: [] };
    expect(httpJsonConnectionSchema.parse(city)).toMatchObject({ list: plain, catalogue: plain });
    expect(httpJsonConnectionSchema.parse(industry).auth).toMatchObject({
      algorithm: "sha256",
      encoding: "hex",
      timestampUnit: "seconds",
      nonceHeader: null,
      parts: ["method", "path-and-query", "timestamp"],
      separator: "\n",
    });
  });
});

describe("a connection is refused, with the setting at fault", () => {
  const list = industry.list;
  const link = { kind: "link" };
  it.each<[string, object, string]>([
    ["a GET with a body", { list: { ...list, parameters: "form-body" } }, "list"],
    ["places in a query", { list: { ...list, places: { page: ["a"] } } }, "list"],
    [
      "a parameter inside another",
      {
        list: { ...list, method: "POST", parameters: "json-body", places: { page: ["a", "b"], size: ["a"] } },
        paging: industry.paging,
      },
      "list",
    ],
    ["links by POST", { list: { ...list, method: "POST" } }, "list.method"],
    ["full pages of no size", { paging: { ...link, pagesAreFull: true } }, "paging.pagesAreFull"],
    [
      "a total of what is left",
      { paging: { ...link, total: ["total"], resume: { kind: "last-link" } } },
      "paging.total",
    ],
    ["a nonce that is signed and not sent", { auth: { ...industry.auth, parts: ["nonce"] } }, "auth.nonceHeader"],
    ["a header that is none", { auth: { kind: "api-key", credential: "key", header: "X Key" } }, "auth.header"],
    ["an algorithm that is no longer safe", { auth: { ...industry.auth, algorithm: "md5" } }, "auth.algorithm"],
    ["requests side by side", { rateLimit: { requestsPerMinuteMax: 60, concurrentMax: 2 } }, "rateLimit.concurrentMax"],
    ["a single pass over pages that move", { paging: { ...link, passesMax: 1 } }, "paging.passesMax"],
  ])("%s", (_name, settings, path) => {
    const parsed = parse(settings);
    expect(parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });
});
