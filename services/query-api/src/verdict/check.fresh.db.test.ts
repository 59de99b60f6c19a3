import { afterAll, beforeAll, expect, it } from "vitest";
import { person, posting } from "../testing/people.ts";
import { NOW_MS, PLATFORM_NAMES, startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ without: "marks" });
});
afterAll(() => api.close());

const someone = person(1);
const body = {
  practitioner: { idType: "resident-id", idNumber: someone.idNumber, name: someone.name },
  declaration: {
    place: "quzhou",
    year: 2020,
    kind: "review",
    level: "junior",
    series: "economics",
    education: "bachelor",
  },
};

/** One check, and the same as a batch of two. */
async function verdicts(): Promise<string[]> {
  const one = await api.send("POST", "/v1/checks", { body });
  const batch = await api.send("POST", "/v1/checks/batch", { body: { checks: [body, body] } });
  return [one.json, ...batch.json.results].map(({ verdict, reasons }) =>
    `${verdict} ${reasons?.[0]?.code ?? ""}`.trim(),
  );
}

it("knows of a platform's completeness as soon as it is in the database, however often it changes", async () => {
  await api.give(someone, [posting({ id: "QZ1", hours: 90 })], NOW_MS - 1_000);
  expect(await verdicts()).toEqual(Array(3).fill("unknown source_not_yet_known"));
  for (const platform of PLATFORM_NAMES) await api.mark(platform, NOW_MS - 60_000, NOW_MS - 500);
  expect(await verdicts()).toEqual(Array(3).fill("met"));
  api.clock.advance(49 * 3_600_000);
  expect(await verdicts()).toEqual(Array(3).fill("unknown source_stale"));
  await api.mark("quzhou-city", null, api.clock());
  expect(await verdicts()).toEqual(Array(3).fill("unknown source_partial"));
  await api.mark("quzhou-city", api.clock(), api.clock());
  expect(await verdicts()).toEqual(Array(3).fill("met"));
});
