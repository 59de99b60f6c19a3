import iconv from "iconv-lite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectLedger } from "../faults/expect-ledger.ts";
import { generateFeeds } from "../oracle/generate-feeds.ts";
import { type Feeds, type Push, type RawRow, settle } from "../oracle/index.ts";
import { isIdNumber, readHoursHundredths, readIdNumber } from "../oracle/values.ts";
import { type OpenServices, openServices } from "./open-services.ts";
import { waitFor } from "./wait-for.ts";

const COLUMNS = ["记录号", "身份证号", "姓名", "培训项目", "培训机构", "学时", "科目类别", "结束日期", "年度"];
const WORDS: Readonly<Record<string, string>> = {
  professional: "专业科目",
  industry_common: "行业公需",
  general_common: "一般公需",
};
const CLASSES = ["", "general_common", "industry_common", "professional"];
const TYPES = ["", "professional", "general_common", "industry_common"];
const WORDS_OF_RESOURCES: Readonly<Record<string, string>> = {
  专业科目: "professional",
  行业公需科目: "industry_common",
  一般公需科目: "general_common",
};

/** A row of whatever platform, as somebody would fill it into the template. */
interface Filled {
  readonly subject: string | null;
  /** In the order of the columns. */
  readonly cells: readonly string[];
}

let services: OpenServices;

beforeAll(async () => {
  services = await openServices();
});
afterAll(() => services?.close());

test("a table in GB18030 with every kind of dirt ends as the rules alone say, and each wrong row is named", async () => {
  const { feeds, dirtCounts } = generateFeeds({
    seed: 20_200_710,
    people: 300,
    recordsPerPerson: 12,
    dirt: { late_version: 0.002 },
  });
  expect(Object.entries(dirtCounts).filter(([, count]) => count === 0)).toEqual([]);
  const rows = filledRows(feeds);
  const bytes = iconv.encode([COLUMNS, ...rows.map(({ cells }) => cells)].map(csvLine).join(""), "gb18030");
  const call = (method: string, path: string, body?: unknown, type = "application/json") =>
    services.call(services.ingestionUrl, method, path, "demo-training", body, { "Content-Type": type });
  const { json: sent } = await call("POST", "/v1/uploads", bytes, "text/csv");
  const path = `/v1/uploads/${sent.uploadId}`;
  const until = (state: string) =>
    waitFor(`the upload to be ${state}`, async () => {
      const { json } = await call("GET", path);
      return json.state === state || json.state === "failed" ? json : null;
    });
  expect(await until("awaiting_confirmation")).toMatchObject({
    state: "awaiting_confirmation",
    rowsTotal: rows.length,
  });

  const wrong = rows.flatMap(({ cells: [, id = "", , , , hours = ""] }, index) => {
    if (!isIdNumber(readIdNumber(id))) return [`${index + 2} 身份证号 id_invalid`];
    return (readHoursHundredths(hours) ?? 0) === 0 ? [`${index + 2} 学时 hours_invalid`] : [];
  });
  expect(wrong.length).toBeGreaterThan(20);
  const found = await allFindings((cursor) => call("GET", `${path}/findings?limit=1000${cursor}`));
  const codes = ["id_invalid", "hours_invalid"];
  expect(found.filter(({ code }) => codes.includes(code)).map((one) => `${one.row} ${one.column} ${one.code}`)).toEqual(
    wrong,
  );
  expect([...new Set(found.map(({ code }) => code))].sort()).toEqual(
    [...codes, "person_unknown", "record_repeated"].sort(),
  );

  await call("POST", `${path}/confirmation`, { unknownPeople: "accept" });
  const done = await until("posted");
  expect(done).toMatchObject({ state: "posted", rowsDone: rows.length, counts: { wrongRows: wrong.length } });
  const pushes = rows.map((row) => toPush(row, done.receivedAt));
  const none = { quzhouCity: [], quzhouCityCategories: [], zjIndustry: [], zjNaturalResources: [], incomplete: [] };
  await expectLedger(services.ownerUrl, settle({ ...none, pushes }));
});

function filledRows(feeds: Feeds): Filled[] {
  const classes = new Map(feeds.quzhouCityCategories.map((one) => [one.CategoryId, Number(one.ClassTypeId)]));
  const city = feeds.quzhouCity.map((row) =>
    filled(CLASSES[classes.get(row.CategoryId) ?? 0], [
      ...[row.Id, row.IdCard, row.RealName, row.Name, row.TrainOrg, row.Credit],
      ...[row.CreditTime, ""],
    ]),
  );
  const industry = feeds.zjIndustry
    .filter((row: RawRow) => row.type !== "0")
    .map((row) =>
      filled(TYPES[Number(row.type)], [
        ...[row.zgcId, row.idCard, row.userName, row.title, row.orgName, row.classtime],
        ...[row.finishTime, row.year],
      ]),
    );
  const resources = feeds.zjNaturalResources.map((row) =>
    filled(WORDS_OF_RESOURCES[String(row.科目类别)], [
      ...[row.记录号, row.身份证号, row.姓名, row.培训项目, row.培训机构, row.学时],
      ...[row.结束日期, row.年度],
    ]),
  );
  return [...city, ...industry, ...resources];
}

function filled(subject: string | undefined, values: readonly unknown[]): Filled {
  const [date, year] = values.slice(6);
  const cells = [...values.slice(0, 6), WORDS[subject ?? ""] ?? "其他", date, year].map((value) => String(value ?? ""));
  return { subject: subject === undefined || subject === "" ? null : subject, cells };
}

function toPush({ subject, cells }: Filled, updatedAt: string): Push {
  const [recordId, idNumber, name, title, provider, hours, word, obtainedOn, year] = cells;
  const practitioner = { idType: "resident-id", idNumber, name };
  const ofSubject = subject === null ? { subjectCode: word } : { subject };
  const attributedYear = year === "" ? null : year;
  const rest = { title, provider, hours, obtainedOn, attributedYear, status: "final" };
  return { source: "demo-training", updatedAt, recordId, practitioner, ...ofSubject, ...rest };
}

function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${quoted.join(",")}\r\n`;
}

interface Finding {
  readonly row: number;
  readonly column: string;
  readonly code: string;
}

async function allFindings(
  ask: (cursor: string) => Promise<{ json: { findings: Finding[]; nextCursor: string | null } }>,
) {
  const all: Finding[] = [];
  for (let cursor = ""; ; ) {
    const { json } = await ask(cursor);
    all.push(...json.findings);
    if (json.nextCursor === null) return all;
    cursor = `&cursor=${json.nextCursor}`;
  }
}
