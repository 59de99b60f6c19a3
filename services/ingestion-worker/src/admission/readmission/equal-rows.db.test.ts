import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readReadmission } from "@xueshi/database";
import { type Platform, platformNamed } from "@xueshi/platforms";
import iconv from "iconv-lite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestIngestion, type TestIngestion } from "../testing/test-ingestion.ts";
import { requestReadmission } from "./request-readmission.ts";
import { runReadmission } from "./run-readmission.ts";

const never = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), "xueshi-equal-rows-"));
let ingestion: TestIngestion;
beforeAll(async () => {
  ingestion = await openTestIngestion();
});
afterAll(async () => {
  await ingestion.close();
  rmSync(folder, { recursive: true });
});

/** The platform of files with pages of two rows, named for one test. */
function filePlatform(name: string, changes: Partial<Platform["mapping"]["fields"]>): Platform {
  const platform = platformNamed("zj-natural-resources");
  if (platform?.connection.transport !== "file") throw new Error("it is a platform of files");
  const { mapping, connection } = platform;
  const fields = { ...mapping.fields, ...changes };
  return { ...platform, name, mapping: { ...mapping, fields }, connection: { ...connection, rowsPerPage: 2 } };
}

/** Rows by their record ids; those of `?` have hours that nobody can read. */
function deliver(month: string, columns: readonly string[], ids: readonly string[]): void {
  const lines = ids.map((id) => {
    const hours = id.endsWith("?") ? "八" : "2";
    return `${id},330899199012180268,李超雨,某单位,2020,职业道德,一般公需科目,${hours},,2020/02/09,学院,已通过,2020-03-01 12:08:40`;
  });
  const bytes = iconv.encode([columns.join(","), ...lines, ""].join("\r\n"), "gb18030");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(join(folder, `export-${month}.csv`), bytes);
  writeFileSync(join(folder, `export-${month}.csv.ok`), `${ids.length} ${sha256}\n`);
}

async function readmit(source: string, mode: "compare" | "apply"): Promise<Record<string, number>> {
  const { context } = ingestion;
  const said = { source, mode, reason: "mended", actor: "operator-1", idempotencyKey: null };
  const { row } = await requestReadmission(context, { ...said, receivedAtMs: context.clock() });
  expect(await runReadmission(context, row.readmissionId, never)).toBe("ended");
  return (await readReadmission(context.sql, row.readmissionId))?.progress.sums ?? {};
}

it("equal rows are counted within a file, over its pages, and a row that two files hold is one", async () => {
  const mended = filePlatform("files", {});
  if (mended.connection.transport !== "file") throw new Error("it is a platform of files");
  // Equal rows stand apart in a file, on two pages; the first row of it is in the other file too.
  deliver("202003", mended.connection.columns, ["F1", "F2", "F3", "F2"]);
  deliver("202004", mended.connection.columns, ["F1", "F4"]);
  const occurrences = async () => {
    const rows = await ingestion.owner<{ said: string }[]>`
      SELECT source || ' ' || record_id || ' ' || occurrences AS said FROM admission.version ORDER BY said`;
    return rows.map(({ said }) => said);
  };
  const right = ["F1 1", "F2 2", "F3 1", "F4 1"];

  const neverWrong = filePlatform("never-wrong", {});
  ingestion.use([neverWrong], folder);
  expect((await ingestion.pull(neverWrong)).state).toBe("complete");
  expect(await occurrences()).toEqual(right.map((said) => `never-wrong ${said}`));

  const wrong = filePlatform("files", { hours: "单位" });
  ingestion.use([wrong], folder);
  expect((await ingestion.pull(wrong)).state).toBe("complete");
  ingestion.use([mended], folder);
  expect(await readmit("files", "compare")).toMatchObject({ records: 4, added: 4, rows: 6 });
  await readmit("files", "apply");
  const both = [...right.map((said) => `files ${said}`), ...right.map((said) => `never-wrong ${said}`)];
  expect(await occurrences()).toEqual(both);
});

it("rows that come again are counted at what stands in the place of what read otherwise", async () => {
  const mended = filePlatform("renamed", {});
  const neverWrong = filePlatform("never-renamed", {});
  if (mended.connection.transport !== "file") throw new Error("it is a platform of files");
  const { columns } = mended.connection;
  const standing = async (source: string) => {
    const rows = await ingestion.owner<{ said: string }[]>`
      SELECT record_id || ' ' || occurrences AS said FROM admission.version
      WHERE source = ${source} AND record_id LIKE 'G%' AND voided_by IS NULL
      UNION ALL
      SELECT record_id || ' ' || occurrences AS said FROM admission.refusal
      WHERE source = ${source} AND NOT EXISTS (
        SELECT FROM admission.row_decision AS settled
        WHERE settled.record_key = refusal.record_key AND settled.content_digest = refusal.content_digest)
      ORDER BY said`;
    return rows.map(({ said }) => said);
  };
  deliver("202005", columns, ["G1", "G2?"]);
  const wrong = filePlatform("renamed", { name: "单位", title: "单位" });
  ingestion.use([wrong], folder);
  await ingestion.pull(wrong);
  ingestion.use([mended], folder);
  await readmit("renamed", "compare");
  await readmit("renamed", "apply");
  expect(await standing("renamed")).toEqual(["G1 1", "G2? 1"]);

  deliver("202006", columns, ["G1", "G2?", "G1", "G2?", "G2?"]);
  await ingestion.pull(mended);
  ingestion.use([neverWrong], folder);
  await ingestion.pull(neverWrong);
  expect(await standing("renamed")).toEqual(["G1 2", "G2? 3"]);
  expect(await standing("never-renamed")).toEqual(["G1 2", "G2? 3"]);
});
