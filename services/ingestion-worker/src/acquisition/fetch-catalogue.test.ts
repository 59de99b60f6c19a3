import { describe, expect, it } from "vitest";
import { fetchCatalogue } from "./index.ts";
import { smallCity } from "./testing/city-listing.ts";
import { startCityServer } from "./testing/city-server.ts";
import { startIndustryServer } from "./testing/industry-server.ts";
import { createTestContext } from "./testing/test-context.ts";

const city = smallCity();

async function fetchWith(answers: readonly unknown[]) {
  const server = await startCityServer(city, [], (request) =>
    request.path === "/api/category/list" ? answers[Math.min(request.count, answers.length) - 1] : undefined,
  );
  return fetchCatalogue(city.platform, server.session, createTestContext());
}

describe("fetchCatalogue", () => {
  it("gives the classes by category, with the entries and the body as sent", async () => {
    const entries = [{ CategoryId: 103, CategoryName: "学术会议", ClassTypeId: 3 }];
    const fetched = await fetchWith([{ code: 0, data: entries }]);
    if (fetched?.kind !== "value") throw new Error("no catalogue");
    expect([...fetched.value.catalogue]).toEqual([["103", "3"]]);
    expect(fetched.value.entries).toEqual(entries);
    expect(JSON.parse(Buffer.from(fetched.value.body).toString())).toEqual({ code: 0, data: entries });
  });

  it.each([
    ["an empty list", "list_empty", { code: 0, data: [] }],
    ["no list", "body_invalid", { code: 0, data: {} }],
    ["entries under other names", "schema_drift", { code: 0, data: [{ id: 1, type: 3 }] }],
    ["an error body", "error_body", { code: 500, msg: "busy" }],
    ["a login that is refused again", "login_refused", { code: -2, msg: "not_auth" }],
  ])("failure 15: %s is no catalogue (%s)", async (_name, reason, answer) => {
    expect(await fetchWith([answer])).toEqual({ kind: "fault", reason });
  });

  it("is asked for again after a fault", async () => {
    const good = { code: 0, data: [{ CategoryId: 1, ClassTypeId: 1 }] };
    expect((await fetchWith([{ code: 500 }, { code: -2 }, good]))?.kind).toBe("value");
  });

  it("is null where the platform has none", async () => {
    const server = await startIndustryServer(1);
    expect(await fetchCatalogue(server.platform, server.session, createTestContext())).toBeNull();
    expect(server.requests).toEqual([]);
  });
});
