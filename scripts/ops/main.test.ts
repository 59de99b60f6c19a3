import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPS_VERBS } from "./verbs.ts";

const asked: { method: string; url: string; body: string; key: string }[] = [];
const ANSWERS: Readonly<Record<string, readonly [status: number, body: unknown]>> = {
  "/v1/pulls?platform=quzhou-city": [
    200,
    {
      pulls: [{ pullId: "p-1", platform: "quzhou-city", kind: "incremental", state: "complete", rows: 7, error: null }],
      nextCursor: "c-2",
    },
  ],
  "/v1/records/a%2Fb?source=demo-training": [
    200,
    { recordId: "a/b", counts: false, heldRows: [{ code: "identity_conflict" }] },
  ],
};

/** A re-admission is further each time it is looked at. */
let looks = 0;
function readmission(): readonly [status: number, body: unknown] {
  looks += 1;
  const isOver = looks === 3;
  const how = isOver
    ? { state: "compared", endedAt: "2026-11-02T08:00:00.000+08:00" }
    : { state: "running", endedAt: null };
  return [looks === 1 ? 202 : 200, { readmissionId: "m-1", ...how, percent: isOver ? 100 : 40, sums: { records: 2 } }];
}

const server = createServer(async (incoming, response) => {
  let body = "";
  for await (const chunk of incoming) body += chunk;
  const { method = "", url = "", headers } = incoming;
  asked.push({ method, url, body, key: headers.authorization ?? "" });
  const [status, answer] = url.startsWith("/v1/readmissions")
    ? readmission()
    : (ANSWERS[url] ?? [
        422,
        { code: "validation_failed", detail: "wrong", errors: [{ path: "reason", message: "required" }] },
      ]);
  response.writeHead(status).end(JSON.stringify(answer));
});
let url = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

function ops(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, XUESHI_INGESTION_URL: url, XUESHI_LEDGER_URL: url, XUESHI_OPERATOR_KEY: "a-key" };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], { env }, (error, out, err) => {
      resolve({ code: Number(error?.code ?? 0), out, err });
    });
  });
}

describe("pnpm ops", () => {
  it("shows a list as a table, with how to go on", async () => {
    const { code, out } = await ops("pulls", "list", "--platform", "quzhou-city");
    expect(code).toBe(0);
    expect(out).toMatch(/pullId +platform +kind +state/);
    expect(out).toMatch(/p-1 +quzhou-city +incremental +complete/);
    expect(out).toContain("--cursor c-2");
    expect(asked.at(-1)).toMatchObject({ method: "GET", key: "Bearer a-key" });
  });

  it("shows one thing field by field, or as JSON", async () => {
    const said = await ops("records", "show", "a/b", "--source", "demo-training");
    expect(said.out).toContain("heldRows[0].code: identity_conflict");
    expect(JSON.parse((await ops("records", "show", "a/b", "--source", "demo-training", "--json")).out).counts).toBe(
      false,
    );
  });

  it("sends what was typed, and says in which field a refusal is", async () => {
    const { code, err } = await ops(
      "quarantine",
      "correct",
      "row-1",
      "--document",
      "文件 1",
      "--correction",
      '{"hours":8}',
    );
    expect([code, err]).toEqual([1, "validation_failed: wrong\n  reason: required\n"]);
    expect(asked.at(-1)).toMatchObject({ method: "POST", url: "/v1/quarantine/row-1/decision" });
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toEqual({
      kind: "correct",
      document: "文件 1",
      correction: { hours: 8 },
    });
  });

  it("proposes a correction of named records, and moves one on without a body", async () => {
    const why = ["--reason", "代学", "--document", "决定 3"];
    await ops("corrections", "propose", "fraud_revocation", "--records", "k-1, k-2", ...why);
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toEqual({
      ...{ kind: "fraud_revocation", recordKeys: ["k-1", "k-2"], reason: "代学", document: "决定 3" },
    });
    const put = ["--filter", '{"title":"课程"}', "--changes", '{"hours":8}', "--apply", "true"];
    await ops("corrections", "propose", "correction", ...put, ...why);
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toMatchObject({
      ...{ kind: "correction", filter: { title: "课程" }, changes: { hours: 8 }, apply: true },
    });
    await ops("corrections", "apply", "c-1");
    expect(asked.at(-1)).toMatchObject({ method: "POST", url: "/v1/corrections/c-1/apply", body: "" });
  });

  it("says of sets of records that they are one achievement or are not, and looks for more", async () => {
    const why = ["--reason", "同一期", "--document", "说明 7"];
    await ops("duplicates", "same", "--sets", "k-1, k-2;k-3,k-4,k-5", ...why, "--apply", "true");
    expect(asked.at(-1)).toMatchObject({ method: "POST", url: "/v1/duplicates/decisions" });
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toEqual({
      ...{
        kind: "same_achievement",
        recordSets: [
          ["k-1", "k-2"],
          ["k-3", "k-4", "k-5"],
        ],
        apply: true,
      },
      ...{ reason: "同一期", document: "说明 7" },
    });
    await ops("duplicates", "distinct", "--sets", "k-1,k-2", ...why);
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toMatchObject({ kind: "distinct_achievements" });
    await ops("duplicates", "approve", "d-1");
    expect(asked.at(-1)).toMatchObject({ method: "POST", url: "/v1/duplicates/decisions/d-1/approve", body: "" });
    await ops("duplicates", "candidates", "--days", "3", "--scoreMin", "80");
    expect(asked.at(-1)).toMatchObject({ method: "GET", url: "/v1/duplicates/candidates?days=3&scoreMin=80" });
  });

  it("names whom an erasure is of by a file or a practitioner id, and an id number is no argument", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xueshi-ops-"));
    const file = join(folder, "person.json");
    const person = { idType: "resident-id", idNumber: "330899199001010036" };
    writeFileSync(file, JSON.stringify(person));
    const why = ["--reason", "consent_withdrawn", "--document", "letter 7", "--basis", "PIPL 47(2)"];
    await ops("erasures", "propose", "--person", file, ...why);
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toEqual({
      ...{ practitioner: person, reason: "consent_withdrawn", document: "letter 7", basis: "PIPL 47(2)" },
    });
    await ops("erasures", "apply", "e-1", "--practitioner", "p-1");
    expect(asked.at(-1)).toMatchObject({ method: "POST", url: "/v1/erasures/e-1/apply" });
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toEqual({ practitioner: { practitionerId: "p-1" } });
    writeFileSync(file, person.idNumber);
    expect(await ops("erasures", "propose", "--person", file, ...why)).toMatchObject({ code: 2 });
    rmSync(folder, { recursive: true });
  });

  it("shows how far a re-admission is until it has ended", async () => {
    const from = ["--from", "2026-10-01", "--reason", "mended", "--wait"];
    const { code, out, err } = await ops("readmit", "compare", "quzhou-city", ...from);
    expect([code, looks]).toEqual([0, 3]);
    expect(err).toMatch(/ running 40 %\n█+ compared 100 %\n/);
    expect(out).toContain("sums.records: 2");
    const [first, ...more] = asked.slice(-3);
    expect(JSON.parse(first?.body ?? "")).toEqual({
      ...{ mode: "compare", source: "quzhou-city", from: "2026-10-01", reason: "mended" },
    });
    expect(more.map(({ method, url: at }) => [method, at])).toEqual(more.map(() => ["GET", "/v1/readmissions/m-1"]));
  });

  it.each([
    [["quarantine", "undo"], "/v1/quarantine/decisions/d-1"],
    [["merges", "undo"], "/v1/identity/merges/d-1"],
  ])("puts why something is taken back by %j in no address", async (verb, url) => {
    await ops(...verb, "d-1", "--reason", "张伟的证件已核对");
    expect(asked.at(-1)).toMatchObject({ method: "DELETE", url });
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toEqual({ reason: "张伟的证件已核对" });
  });

  it.each([
    [["pulls", "show"], "pullId is missing."],
    [["pulls", "list", "--colour", "red"], "--colour"],
    [["quarantine", "bulk", "--body", "{"], "--body is JSON."],
    [["pulls", "dance"], "pnpm ops GROUP VERB"],
  ])("says what is wrong with %j", async (args, text) => {
    const { code, err } = await ops(...args, "--lang", "en");
    expect(code).toBe(2);
    expect(err).toContain(text);
  });

  it("explains itself in both languages, verb by verb", async () => {
    expect((await ops("--help")).out).toContain("采集记录");
    expect((await ops("--help", "--lang", "en")).out).toContain("pulls, newest first");
    expect((await ops("pulls", "accept", "--help", "--lang", "en")).out).toContain(
      "pnpm ops pulls accept PULLID [--reason …]",
    );
  });

  it("names each verb once, and gives every path parameter", () => {
    const names = OPS_VERBS.map(({ group, name }) => `${group} ${name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { route, takes } of OPS_VERBS) {
      for (const [, parameter = ""] of route.path.matchAll(/\{(\w+)\}/g)) expect(takes).toContain(parameter);
    }
  });
});
