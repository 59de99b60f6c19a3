import { type PersonExportLine, personExportLineSchema } from "@xueshi/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { person, posting, reversal } from "../testing/people.ts";
import { ENOUGH, identity, reviewOf } from "../testing/questions.ts";
import { NOW_MS, startTestApi, type TestApi } from "../testing/start-test-api.ts";

const SOMEONE = person(1);
const OTHER = person(2);
const NOBODY = "99999999-9999-8999-8999-999999999999";
const REFUSED = {
  id: "y",
  hours: null,
  subject: null,
  year: null,
  on: null,
  state: "refused",
  code: "hours_invalid",
} as const;
let api: TestApi;
let id: string;
let operator: { key: string; keyId: string };

beforeAll(async () => {
  api = await startTestApi({ accessLog: "sync" });
  operator = await api.addKey("operator", "operator-1");
  id = await api.give(SOMEONE, [...Object.values(ENOUGH).map(posting), posting(REFUSED)], NOW_MS - 5_000);
  await api.give(SOMEONE, [reversal(ENOUGH.last, 6)], NOW_MS - 1_000);
  await api.give(OTHER, [posting({ id: "of another", hours: 8 })], NOW_MS - 1_000);
});
afterAll(() => api.close());

async function exported(key = operator.key, practitionerId = id) {
  const answer = await api.send("GET", `/v1/practitioners/${practitionerId}/export`, { key });
  const lines = answer.text.split("\n").filter((line) => line !== "");
  return { ...answer, lines: lines.map((line) => JSON.parse(line) as PersonExportLine) };
}

type Kind = PersonExportLine["kind"];
const ofKind = <K extends Kind>(lines: readonly PersonExportLine[], kind: K) =>
  lines.filter((line): line is Extract<PersonExportLine, { kind: K }> => line.kind === kind);

describe("the export of a person", () => {
  test("has everything, in the published form, and says so at its end", async () => {
    const kept = await api.send("POST", "/v1/checks", { body: { ...reviewOf(identity(SOMEONE)), keep: true } });
    await api.send("POST", "/v1/checks", { body: { ...reviewOf(identity(OTHER)), keep: true } });
    api.clock.advance(1_000);
    const { status, headers, lines } = await exported();
    expect([status, headers.get("content-type")]).toEqual([200, "application/x-ndjson"]);
    for (const line of lines) expect(personExportLineSchema.safeParse(line).error).toBeUndefined();
    expect(lines[0]).toMatchObject({ kind: "person", practitionerId: id, nameKnown: true, checkpoint: null });
    const counts: Record<string, number> = {};
    for (const { kind } of lines.slice(0, -1)) counts[kind] = (counts[kind] ?? 0) + 1;
    expect(lines.at(-1)).toEqual({ kind: "end", counts });
    expect(ofKind(lines, "entry").map(({ entry }) => entry.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(ofKind(lines, "balance")).toEqual(
      (await api.send("GET", `/v1/practitioners/${id}/balances`)).json.balances.map((one) => ({
        kind: "balance",
        ...one,
      })),
    );
    const [verdict] = ofKind(lines, "verdict");
    expect(verdict).toMatchObject({ verdictId: kept.json.verdictId, keptBy: "declarations" });
    expect(verdict?.answer).toEqual(JSON.parse(kept.text));
    expect(ofKind(lines, "verdict")).toHaveLength(1);
  });

  test("says of each record and entry what it means, in both languages", async () => {
    const { lines } = await exported();
    const refused = ofKind(lines, "record").find(({ recordId }) => recordId === "y");
    expect(refused).toMatchObject({ state: "refused", code: "hours_invalid", hours: null });
    expect(refused?.explanation["zh-CN"]).toContain("学时须为大于 0 的数");
    expect(refused?.explanation.en).toContain("Hours must be a number greater than 0");
    expect(ofKind(lines, "record").some(({ recordId }) => recordId === ENOUGH.last.id)).toBe(false);
    expect(ofKind(lines, "entry").at(-1)?.explanation.en).toBe("Takes back entry 6; its hours stand no more.");
  });

  test("shows who read the person's data, this reading among them, and only theirs", async () => {
    const before = ofKind((await exported()).lines, "access");
    expect(before.map(({ by, purpose }) => [by, purpose])).toContainEqual([
      "declarations",
      "check/quzhou/2020/review/economics",
    ]);
    expect(before.at(-1)).toMatchObject({ by: "operator-1", purpose: "export" });
    const log = await api.sql`SELECT count(*)::int AS count FROM verdict.access_log WHERE practitioner_id = ${id}`;
    expect(before).toHaveLength(log[0]?.count);
  });

  test("names the proof of each entry that the newest checkpoint covers", async () => {
    await api.sql`
      INSERT INTO ledger.feed (position, size, numbered_at, posting_id, practitioner_ids, first_sequences, entry_counts)
      VALUES (0, 4, now(), '77777777-7777-7777-8777-777777777777', ${[id]}::uuid[], '{1}', '{4}'),
        (4, 3, now(), '77777777-7777-7777-8777-777777777777', ${[id]}::uuid[], '{5}', '{3}')`;
    await api.sql`INSERT INTO ledger.checkpoint (size, signed_at, note) VALUES (6, now(), 'a note')`;
    const { lines } = await exported();
    expect(lines[0]).toMatchObject({ checkpoint: { size: 6, note: "a note" } });
    const proofs = ofKind(lines, "entry").map(({ proof }) => proof);
    const proof = (sequence: number) => `/v1/practitioners/${id}/entries/${sequence}/proof?size=6`;
    expect(proofs).toEqual([...[1, 2, 3, 4, 5, 6].map(proof), null, null, null]);
  });

  test("comes whole where there are more rows than a page has", async () => {
    const many = person(3);
    const bodies = Array.from({ length: 1_050 }, (_, index) => posting({ id: `m${index}`, hours: 1 }));
    const manyId = await api.give(many, bodies, NOW_MS - 2_000);
    await api.sql`
      INSERT INTO verdict.access_log (practitioner_id, accessed_at, access_id, key_id, purpose, request_id)
      SELECT ${manyId}, to_timestamp(number / 7), gen_random_uuid(), ${api.keyId}, 'check', number::text
      FROM generate_series(1, 2100) AS number`;
    const { lines } = await exported(operator.key, manyId);
    expect(lines.at(-1)).toMatchObject({ counts: { entry: 1_051, record: 1_050, access: 2_101 } });
    expect(new Set(ofKind(lines, "access").map(({ requestId }) => requestId)).size).toBe(2_101);
  });
});

describe("is refused", () => {
  test("for somebody of whom there is nothing, and for what is no id", async () => {
    const unknown = await exported(operator.key, NOBODY);
    expect([unknown.status, unknown.json.code]).toEqual([404, "practitioner_not_found"]);
    expect((await exported(operator.key, "330899198001010012")).status).toBe(422);
  });

  test("to keys without the scope, whatever is written beside them", async () => {
    const system = await api.addKey("declaration-system", "other", ["practitioners:read", "practitioners:export"]);
    const reader = await api.addKey("operator", "operator-2", ["practitioners:read"]);
    for (const key of [api.key, system.key, reader.key]) {
      const { status, json } = await exported(key);
      expect([status, json.code]).toEqual([403, "scope_missing"]);
    }
    expect((await api.send("GET", `/v1/practitioners/${id}/export`, { key: null })).status).toBe(401);
  });

  test("and never shows an id, a name or another person", async () => {
    const { text } = await exported();
    for (const secret of [SOMEONE.idNumber, SOMEONE.name, OTHER.idNumber, api.idOf(OTHER), "of another"]) {
      expect(text).not.toContain(secret);
    }
  });
});
