import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createTestDatabase } from "@xueshi/database/testing";
import { createSourceRegistry, type Platform, SOURCES, type SourceRegistry } from "@xueshi/platforms";
import { createLogger, systemClock } from "@xueshi/runtime";
import { encode } from "iconv-lite";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { StandingDifference } from "../../scripts/ops/scratch/list-differences.ts";
import { readmitInCopy } from "../../scripts/ops/scratch/readmit-in-copy.ts";
import { type Answered, ID, NAME, type OpenServices, openServices } from "./open-services.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";
import { waitFor } from "./wait-for.ts";

// A mapping was wrong: hours were taken of the year, update times of another field, the way of learning was not read, a
// status was forgotten.

const NAME_OF_PLATFORM = "zj-natural-resources";
const folder = makeTemporaryFolder();
let services: OpenServices;

function registryWith(mend: (mapping: Platform["mapping"]) => Platform["mapping"]): SourceRegistry {
  const platform = SOURCES.platformNamed(NAME_OF_PLATFORM);
  if (platform === null) throw new Error("it is a platform");
  return createSourceRegistry([{ ...platform, mapping: mend(platform.mapping) }], SOURCES.pushSources);
}

const right = registryWith((mapping) => ({
  ...mapping,
  fields: { ...mapping.fields, pathway: "单位" },
  otherFields: [],
}));
const wrong = registryWith((mapping) => ({
  ...mapping,
  fields: { ...mapping.fields, hours: "年度", updateTime: "培训机构" },
  statuses: { 草稿: "pending", 审核中: "pending", 已通过: "final" },
}));

const HEADER = "记录号,身份证号,姓名,单位,年度,培训项目,科目类别,学时,开始日期,结束日期,培训机构,审核状态,更新时间";

function deliver(): void {
  const row = (id: string, hours: number, from: string, until: string, status = "已通过") =>
    `${id},${ID},${NAME},面授,2020,课程${id},专业科目,${hours},${from},${until},${until} 09:00:00,${status},2020-03-10 08:00:00`;
  const rows = [
    row("n-1", 8, "2020-03-02", "2020-03-03"),
    row("n-2", 6, "2020-03-03", "2020-03-03"),
    row("n-3", 5, "2020-03-04", "2020-03-04", "已撤销"),
    row("n-4", 7, "2020-03-05", "2020-03-05"),
  ];
  const bytes = encode(`${[HEADER, ...rows].join("\r\n")}\r\n`, "gb18030");
  writeFileSync(folder.at("export-202003.csv"), bytes);
  const digest = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(folder.at("export-202003.csv.ok"), `${rows.length} ${digest}\n`);
}

beforeAll(async () => {
  deliver();
  const targets = { [NAME_OF_PLATFORM]: { folder: folder.path } };
  services = await openServices({ sources: wrong, targets, sweepEveryMs: 200 });
});
afterAll(async () => {
  await services?.close();
  folder.remove();
});

const operate = (method: string, path: string, body?: unknown): Promise<Answered> =>
  services.call(services.ingestionUrl, method, path, "operator", body, { "Accept-Language": "en" });
const record = async (recordId: string) =>
  (await operate("GET", `/v1/records/${recordId}?source=${NAME_OF_PLATFORM}`)).json;
const everythingPosted = () =>
  waitFor("everything to be posted", async () => {
    const waiting = await services.owner`SELECT FROM acquisition.batch WHERE posted_at IS NULL`;
    return waiting.length === 0;
  });

async function balance(): Promise<number> {
  const [row] = await services.owner<{ hours: number }[]>`
    SELECT sum(hours_hundredths)::int AS hours FROM projection.balance`;
  return (row?.hours ?? 0) / 100;
}

const ask = (mode: "compare" | "apply", more: object = {}) =>
  operate("POST", "/v1/readmissions", { source: NAME_OF_PLATFORM, mode, reason: "mended", ...more });
const ended = (asked: Answered): Promise<Answered["json"]> => {
  expect(asked.status).toBe(202);
  return waitFor("the re-admission to end", async () => {
    const { json } = await operate("GET", `/v1/readmissions/${asked.json.readmissionId}`);
    return json.endedAt === null ? null : json;
  });
};

async function pullAndCorrect(): Promise<void> {
  const pull = await operate("POST", "/v1/pulls", { platform: NAME_OF_PLATFORM });
  await waitFor("the pull to end", async () => {
    const { json } = await operate("GET", `/v1/pulls/${pull.json.pullId}`);
    return json.endedAt !== null;
  });
  await everythingPosted();
  const { rows } = (await operate("GET", "/v1/quarantine?kind=flagged")).json;
  const { rowId } = rows.find(({ recordId }: { recordId: string }) => recordId === "n-4");
  const decision = { kind: "correct", correction: { hours: 10 }, reason: "its certificate", document: "certificate 4" };
  expect((await operate("POST", `/v1/quarantine/${rowId}/decision`, decision)).status).toBe(200);
  await everythingPosted();
}

async function readInCopy(): Promise<StandingDifference[]> {
  const copy = await createTestDatabase();
  const differences: StandingDifference[] = [];
  try {
    await readmitInCopy(
      {
        ...{
          fromUrl: services.ownerUrl,
          intoUrl: copy.url,
          keys: services.vaultKeys,
          nameVariants: "hold",
          sources: right,
        },
        ...{ names: [], days: {}, language: "en", progress: () => {} },
        logger: createLogger({ service: "test", clock: systemClock, write: () => {} }),
        pause: () => new Promise((resolve) => setTimeout(resolve, 20)),
      },
      async (result) => {
        for await (const difference of result.differences) differences.push(difference);
      },
    );
    return differences;
  } finally {
    await copy.drop();
  }
}

it("what a wrong mapping made of a file is mended: seen in a copy, compared, applied, and done once", async () => {
  await pullAndCorrect();
  const whenWrong = 2020 + 2020 + 10;
  expect(await balance()).toBe(whenWrong);
  await services.restartIngestion({ sources: right });

  const seen = await readInCopy();
  const balances = seen.flatMap((one) => (one.kind === "balance" ? [[one.pathway, one.before, one.after]] : []));
  expect(balances).toEqual([
    ["", whenWrong, 10],
    ["面授", 0, 14],
  ]);
  const records = seen.flatMap((one) => (one.kind === "record" ? [[one.recordId, one.slot, one.after?.state]] : []));
  expect(records).toEqual([
    ["n-1", "main", "registered"],
    ["n-2", "main", "registered"],
    ["n-3", "main", "withdrawn"],
    ["n-3", "refused", undefined],
  ]);
  expect(await balance(), "the ledger in force is as it was").toBe(whenWrong);

  const compared = await ended(await ask("compare"));
  expect(compared).toMatchObject({ state: "compared", percent: 100, sums: { pages: 1, rows: 4, records: 4 } });
  const { changes } = (await operate("GET", `/v1/readmissions/${compared.readmissionId}/changes`)).json;
  const shown = changes.map((one: { recordId: string; before: object; after: object }) => [
    one.recordId,
    one.before,
    one.after,
  ]);
  expect(shown.sort()).toMatchObject([
    ["n-1", { outcome: "admitted", hours: 2020, pathway: null }, { hours: 8, pathway: "面授" }],
    ["n-2", { hours: 2020 }, { hours: 6 }],
    ["n-3", { outcome: "refused" }, { outcome: "admitted", status: "withdrawn" }],
    ["n-4", { hours: 2020 }, { hours: 7 }],
  ]);
  expect(await balance(), "a comparison changes nothing").toBe(whenWrong);

  const asked = await ask("apply");
  // Whoever had it in hand is gone; the sweeper of the next one finds it.
  await services.restartIngestion();
  expect(await ended(asked)).toMatchObject({ state: "done", sums: { records: 4 } });
  await everythingPosted();
  expect(await balance(), "as the platform says, and what the operator corrected").toBe(24);
  expect((await record("n-3")).state).toBe("withdrawn");
  expect((await record("n-1")).flags).toContain("overlapping_sessions");
  expect((await operate("GET", "/v1/quarantine?kind=refused")).json.rows).toEqual([]);

  const entries = await services.owner`
    SELECT DISTINCT entry.reason, entry.note, entry.actor, batch.origin FROM ledger.entry AS entry JOIN ledger.posting USING (posting_id)
    JOIN acquisition.batch AS batch ON batch.batch_id = posting.batch_id AND batch.pull_id = ${asked.json.readmissionId}`;
  const because = { reason: "readmitted", note: "mended", actor: asked.json.actor };
  expect(entries).toEqual([{ ...because, origin: "readmission" }]);

  const again = await ended(await ask("apply"));
  expect(again.sums).toEqual({ pages: 1, rows: 4, pagesLeft: 0, pagesUnreadable: 0 });
  expect(services.logged.join("")).not.toContain(ID);
});
