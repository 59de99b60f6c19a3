import type { ReplayResponse } from "@xueshi/contracts";
import { activateRuleSet, readAccessRows, readKeptVerdict } from "@xueshi/database";
import { digestText, loadRulebook } from "@xueshi/rulebook";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Person, person, posting, reversal } from "../testing/people.ts";
import { ENOUGH, identity, reviewOf } from "../testing/questions.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { createReplay } from "./create-replay.ts";
import { practitionerIdOfVerdict } from "./verdict-id.ts";

const DAY_MS = 86_400_000;
const FILE = loadRulebook().files.find(({ ruleSet }) => ruleSet.id === "quzhou-2020");
const TEXT = FILE?.text ?? "";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ accessLog: "sync" });
});
afterAll(() => api.close());

let people = 0;
/** Someone new who meets the review, and the verdict that was kept of it. */
async function keep(more: object = {}): Promise<{ someone: Person; id: string; verdictId: string }> {
  people += 1;
  const someone = person(people);
  const id = await api.give(someone, Object.values(ENOUGH).map(posting), api.clock() - 1_000);
  return { someone, id, verdictId: await keepOf(someone, more) };
}

async function keepOf(someone: Person, more: object = {}): Promise<string> {
  const body = reviewOf(identity(someone), { keep: true, ...more });
  const answer = await api.send("POST", "/v1/checks", { body });
  expect(answer.status).toBe(200);
  return answer.json.verdictId;
}

type Replayed = Omit<ReplayResponse, "code"> & { readonly code: string | null };

async function replay(verdictId: string, request: object = {}): Promise<Replayed> {
  const { json } = await api.send("GET", `/v1/verdicts/${verdictId}/replay`, request);
  return json as unknown as Replayed;
}

/** As someone who owns the tables and passes their guards. */
async function tamper(statement: string): Promise<void> {
  await api.sql.unsafe(`SET session_replication_role = replica; ${statement}; RESET session_replication_role`);
}

const kept = (column: string, value: string, verdictId: string) =>
  tamper(`UPDATE verdict.kept_verdict SET ${column} = ${value} WHERE verdict_id = '${verdictId}'`);

const activate = (text: string, activatedAtMs: number) =>
  activateRuleSet(api.sql, {
    ...{ ruleSetId: "quzhou-2020", activatedAtMs, digest: digestText(text), fullText: text, activatedBy: "test" },
  });

describe("GET /v1/verdicts/{verdictId}/replay", () => {
  test("gives the same decision, whatever was posted, marked and activated since", async () => {
    const { someone, id, verdictId } = await keep({ explain: true });
    const before = await replay(verdictId);
    expect(before).toMatchObject({ verdictId, outcome: "same", code: null, message: null, differences: [] });
    expect(before).toMatchObject({ differencesTotal: 0, sealed: true, asOf: "2020-07-31", cut: { sequence: 6 } });
    expect(before.rules?.map((rule) => rule.id)).toContain("quzhou-2020");

    // Stamped before the verdict and committed after it: by time alone it would be in.
    await api.give(someone, [posting({ id: "y", hours: 5 })], api.clock() - 1_000);
    api.clock.advance(1_000);
    await api.give(someone, [reversal(ENOUGH.first, 2), posting({ id: "z", hours: 5 })]);
    await api.mark("quzhou-city", null, api.clock());
    await activate(TEXT.replace('version: "2"', 'version: "3"').replaceAll("hours: 180", "hours: 190"), api.clock());
    api.clock.advance(1_000);
    await expect.poll(async () => (await replay(await keepOf(someone))).outcome).toBe("same");
    const later = await api.send("POST", "/v1/checks", { body: reviewOf({ practitionerId: id }) });
    expect(later.json.verdict).not.toBe("met");
    expect(await replay(verdictId)).toEqual(before);
  });

  test("an entry that was stamped by a clock ahead of the answer's was known to it, and is again", async () => {
    people += 1;
    const someone = person(people);
    await api.give(someone, Object.values(ENOUGH).map(posting), api.clock() + 3_000);
    const replayed = await replay(await keepOf(someone));
    expect(replayed).toMatchObject({ outcome: "same", cut: { sequence: 6 } });
  });

  test.each([
    ["nobody has heard of the person", { idNumber: person(900).idNumber }],
    ["the name is another", { name: "钱多多" }],
    ["no rule is in force", { place: "nowhere" }],
    ["the platform of record is not connected", { series: "construction" }],
    ["the question is about another day and time", { asOf: "2020-03-01", knownAt: "2020-07-31T09:59:00+08:00" }],
  ] as readonly [string, Readonly<Record<string, string>>][])("also where %s", async (_case, asked) => {
    const { someone } = await keep();
    const { idNumber = someone.idNumber, name = someone.name, place, series, ...clocks } = asked;
    const { declaration } = reviewOf({});
    const body = {
      ...{ practitioner: identity({ idNumber, name }), keep: true, ...clocks },
      declaration: { ...declaration, ...(place && { place }), ...(series && { series }) },
    };
    const { json } = await api.send("POST", "/v1/checks", { body });
    expect((await replay(json.verdictId)).outcome).toBe("same");
  });

  test("is a read of the person, for whoever kept the verdict and for operators only", async () => {
    const { id, verdictId } = await keep();
    const purposes = async () => (await readAccessRows(api.sql, id, 50)).filter(({ purpose }) => purpose === "replay");
    const operator = await api.addKey("operator", "office");
    expect((await replay(verdictId, { key: operator.key })).outcome).toBe("same");
    expect(await purposes()).toHaveLength(1);
    const other = await api.addKey("declaration-system", "others");
    expect((await replay(verdictId, { key: other.key })).code).toBe("verdict_not_found");
    const without = await api.addKey("declaration-system", "declarations", ["checks:write"]);
    expect((await replay(verdictId, { key: without.key })).code).toBe("scope_missing");
    expect((await replay("A".repeat(43))).code).toBe("verdict_not_found");
    expect((await replay("A".repeat(42))).code).toBe("validation_failed");
    expect((await replay(`${verdictId}`, { key: null })).code).toBe("credentials_missing");
    expect(await purposes()).toHaveLength(1);
  });
});

describe("what was changed behind the product's back is named", () => {
  const undo: string[] = [];
  afterEach(async () => {
    for (const statement of undo.splice(0)) await tamper(statement);
  });
  const firsts = async (verdictId: string) =>
    (await replay(verdictId)).differences.map(({ code, path }) => `${code} ${path}`);

  test.each([
    ["hours_hundredths = 7900", ["chain_altered entries[2].hash", "decision_differs counted[quzhou-city/a].hours"]],
    ["title = '别的'", ["chain_altered entries[2].hash"]],
    ["note = 'x'", ["chain_altered entries[2].hash"]],
    ["hash = decode(repeat('00', 32), 'hex')", ["chain_altered entries[2].hash"]],
  ])("an entry: %s", async (change, expected) => {
    const { id, verdictId } = await keep();
    await tamper(`UPDATE ledger.entry SET ${change} WHERE practitioner_id = '${id}' AND sequence = 2`);
    const found = await firsts(verdictId);
    for (const one of expected) expect(found.some((difference) => difference.startsWith(one))).toBe(true);
    expect((await replay(verdictId)).outcome).toBe("different");
  });

  test("an entry that is gone, and a chain that was written anew with hashes that fit", async () => {
    const { id, verdictId } = await keep();
    const last = await keep();
    await tamper(`DELETE FROM ledger.entry WHERE practitioner_id = '${id}' AND sequence = 4`);
    expect((await firsts(verdictId))[0]).toBe("entries_missing entries[4]");
    await tamper(`UPDATE ledger.entry SET sequence = sequence - 1 WHERE practitioner_id = '${id}' AND sequence > 4`);
    expect((await firsts(verdictId))[0]).toBe("chain_altered entries[4].hash");
    const forget = ["entry", "head"].map((table) => `DELETE FROM ledger.${table} WHERE practitioner_id = '${last.id}'`);
    await tamper(forget.join(";"));
    await api.give(last.someone, Object.values({ ...ENOUGH, last: { ...ENOUGH.last, hours: 1 } }).map(posting));
    expect(await firsts(last.verdictId)).toContain("decision_differs requirements[total].haveHundredths");
    expect((await firsts(last.verdictId))[0]).toBe("chain_altered cut.head");
  });

  test("a text of the rules that was changed, or is gone", async () => {
    const { verdictId } = await keep();
    const { rules } = await replay(verdictId);
    const digest = rules?.find((rule) => rule.id === "quzhou-2020")?.digest ?? "";
    const where = `WHERE digest = decode('${digest}', 'hex')`;
    const [row] = await api.sql.unsafe(`SELECT full_text AS text FROM requirement.activation ${where}`);
    const text = String(row?.text);
    const other = text.replaceAll("hours: 180", "hours: 18").replaceAll("hours: 190", "hours: 19");
    await tamper(`UPDATE requirement.activation SET full_text = $t$${other}$t$ ${where}`);
    undo.push(`UPDATE requirement.activation SET full_text = $t$${text}$t$ ${where}`);
    expect(await firsts(verdictId)).toEqual(["rules_altered known.rules[quzhou-2020].digest"]);
    await tamper(`UPDATE requirement.activation SET digest = decode(repeat('ab', 32), 'hex') ${where}`);
    undo.unshift(`UPDATE requirement.activation SET digest = decode('${digest}', 'hex')
      WHERE digest = decode(repeat('ab', 32), 'hex')`);
    expect((await firsts(verdictId))[0]).toBe("rules_not_found known.rules[quzhou-2020].digest");
  });

  test("an activation and a mark that are dated back, and not those that came a moment late", async () => {
    api.clock.advance(DAY_MS);
    const { verdictId } = await keep();
    const add = async (agoMs: number) => {
      const atMs = api.clock() - agoMs;
      const text = TEXT.replace('version: "2"', `version: "${agoMs}"`);
      await activate(text, atMs);
      await api.mark("quzhou-city", atMs, atMs);
      undo.push(`DELETE FROM requirement.activation WHERE digest = decode('${digestText(text)}', 'hex')`);
      undo.push(`DELETE FROM ledger.platform_mark WHERE recorded_at = '${new Date(atMs).toISOString()}'`);
    };
    await add(60_000);
    expect((await replay(verdictId)).outcome).toBe("same");
    for (const statement of undo.splice(0)) await tamper(statement);
    await add(DAY_MS / 2);
    expect(await firsts(verdictId)).toEqual([
      ...[
        "rules_added_later known.rules[quzhou-2020].digest",
        "marks_added_later known.marks[quzhou-city].newestPullId",
      ],
    ]);
  });

  test("a mark that is gone, or says something else", async () => {
    const untilMs = api.clock() - 1_000;
    await api.mark("quzhou-city", untilMs, untilMs);
    const [{ pull = "" } = {}] = await api.sql<{ pull: string }[]>`
      SELECT pull_id AS pull FROM ledger.platform_mark ORDER BY recorded_at DESC, pull_id DESC LIMIT 1`;
    const kept: string[] = [];
    const keepAgain = async () => {
      kept.push((await keep()).verdictId);
      return (await readOf(kept.at(-1) ?? ""))?.decision;
    };
    // Until the service has heard of the mark.
    await expect.poll(keepAgain).toContain(pull);
    const verdictId = kept.at(-1) ?? "";
    const change = (what: string) => `UPDATE ledger.platform_mark SET ${what} WHERE pull_id = '${pull}'`;
    await tamper(change("complete_until = '2020-07-01'"));
    undo.push(change(`complete_until = '${new Date(untilMs).toISOString()}'`));
    expect((await replay(verdictId)).outcome).toBe("different");
    await tamper(change("platform = 'elsewhere'"));
    undo.push(change("platform = 'quzhou-city'"));
    expect(await firsts(verdictId)).toEqual(["marks_not_found known.marks[quzhou-city]"]);
  });

  test.each([
    ["key_id", "'77777777-7777-7777-8777-777777777777'"],
    ["kept_at", "kept_at - interval '1 second'"],
    ["seal", "NULL"],
    ["answer", `replace(answer, '"message":"', '"message":"不')`],
    ["decision", `replace(decision, '"series":"economics"', '"series":"accounting"')`],
  ])("the kept row: %s", async (column, value) => {
    const { verdictId } = await keep();
    await kept(column, value, verdictId);
    const { key } = await api.addKey("operator", "office");
    const { differences } = await replay(verdictId, { key });
    expect(differences[0]).toMatchObject({ code: "seal_broken", path: "seal" });
  });

  test("the kept numbers, in the decision and in the answer", async () => {
    const { verdictId } = await keep();
    await kept("decision", `replace(decision, '"haveHundredths":18000', '"haveHundredths":18800')`, verdictId);
    expect(await firsts(verdictId)).toEqual([
      ...["seal_broken seal", "decision_differs requirements[total].haveHundredths"],
    ]);
    const other = await keep();
    await kept("answer", `replace(answer, '"have":180', '"have":188')`, other.verdictId);
    expect(await firsts(other.verdictId)).toEqual([
      "seal_broken seal",
      "answer_altered answer.requirements[total].have",
    ]);
    await kept("decision", "'null'", other.verdictId);
    expect(await replay(other.verdictId)).toMatchObject({
      outcome: "different",
      code: "decision_unreadable",
      cut: null,
    });
  });
});

const readOf = (verdictId: string) => readKeptVerdict(api.sql, practitionerIdOfVerdict(verdictId), verdictId);

describe("verdicts of before", () => {
  /** As the version before kept it: without what it was decided by, and without a seal. */
  async function keepAsBefore(): Promise<string> {
    const { verdictId } = await keep();
    const { known, decisionFormat, ...before } = JSON.parse((await readOf(verdictId))?.decision ?? "{}");
    expect([known.marks.length, decisionFormat]).toEqual([1, 1]);
    await kept("decision", `$t$${JSON.stringify(before)}$t$, seal = NULL`, verdictId);
    return verdictId;
  }

  test("are decided by all that was known at their time, where that is certain", async () => {
    api.clock.advance(DAY_MS);
    const verdictId = await keepAsBefore();
    expect(await replay(verdictId)).toMatchObject({ outcome: "same", sealed: false, rules: null });
    await kept("decision", "replace(decision, '18000', '18100')", verdictId);
    expect((await replay(verdictId)).outcome).toBe("different");
    await api.mark("quzhou-city", null, api.clock() - 1_000);
    expect(await replay(verdictId)).toMatchObject({ outcome: "not_replayable", code: "knowledge_not_recorded" });
  });

  test("and those of another format are left alone", async () => {
    const { verdictId } = await keep();
    await kept("decision", `replace(decision, '"format":2', '"format":1')`, verdictId);
    expect(await replay(verdictId)).toMatchObject({ outcome: "not_replayable", code: "format_unknown", cut: null });
    const known = [await readOf(verdictId)].filter((one) => one !== null);
    const replayAll = createReplay(api.sql, api.vault);
    expect((await replayAll(known)).map(({ outcome }) => outcome)).toEqual(["not_replayable"]);
    expect(await replayAll([])).toEqual([]);
  });
});
