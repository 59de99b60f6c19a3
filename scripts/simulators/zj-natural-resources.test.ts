import { hash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeSmallFeed } from "./small-feed.ts";
import { type DropOptions, type ExportRow, openNaturalResourcesDrop } from "./zj-natural-resources.ts";

const [january, february, march] = ["export-202001.csv", "export-202002.csv", "export-202003.csv"] as const;
let feed: Awaited<ReturnType<typeof writeSmallFeed>>;
let exportDir = "";

beforeEach(async () => {
  feed = await writeSmallFeed();
  exportDir = await mkdtemp(join(tmpdir(), "xueshi-exports-"));
});

afterEach(async () => {
  await feed.remove();
  await rm(exportDir, { recursive: true, force: true });
});

function open(options: DropOptions = {}) {
  return openNaturalResourcesDrop(feed.feedsDir, exportDir, options);
}

/** For each file that is there: whether its `.ok` names the bytes beside it, or is missing. */
async function arrivals(): Promise<Record<string, string>> {
  const names = (await readdir(exportDir)).toSorted();
  const found: Record<string, string> = {};
  for (const name of names.filter((candidate) => candidate.endsWith(".csv"))) {
    const ok = await readFile(join(exportDir, `${name}.ok`), "utf8").catch(() => null);
    const digest = hash("sha256", await readFile(join(exportDir, name)));
    found[name] = ok === null ? "no ok" : ok.trim().endsWith(digest) ? "whole" : "differs";
  }
  return found;
}

describe("materialised", () => {
  test("every file is a copy of the feed's, and opening again changes nothing", async () => {
    const drop = await open();
    expect(drop.files).toEqual([january, february, march]);
    expect(await arrivals()).toEqual({ [january]: "whole", [february]: "whole", [march]: "whole" });
    const source = join(feed.feedsDir, "zj-natural-resources");
    for (const name of await readdir(source)) {
      expect(await readFile(join(drop.directory, name))).toEqual(await readFile(join(source, name)));
    }
    await open();
    expect(await readdir(exportDir)).toEqual(await readdir(source));
  });

  test("a held-back .ok comes later", async () => {
    const drop = await open({ holdBackOk: [february] });
    expect(await arrivals()).toEqual({ [january]: "whole", [february]: "no ok", [march]: "whole" });
    await drop.deliver(february);
    expect((await arrivals())[february]).toBe("whole");
    await drop.holdBackOk(february);
    expect((await arrivals())[february]).toBe("no ok");
  });

  test("a truncated file does not match its .ok until it is delivered", async () => {
    const drop = await open({ truncate: { [march]: 12 } });
    expect(await readFile(join(exportDir, march))).toHaveLength(12);
    expect(await arrivals()).toEqual({ [january]: "whole", [february]: "whole", [march]: "differs" });
    await drop.deliver(march);
    expect((await arrivals())[march]).toBe("whole");
    await drop.truncate(january, 0);
    expect((await arrivals())[january]).toBe("differs");
  });

  test("a file held back altogether is delivered later", async () => {
    const drop = await open({ holdBack: [march] });
    expect(Object.keys(await arrivals())).toEqual([january, february]);
    await drop.deliver(march);
    expect(await arrivals()).toEqual({ [january]: "whole", [february]: "whole", [march]: "whole" });
    await drop.remove(march);
    expect(await readdir(exportDir)).not.toContain(`${march}.ok`);
  });

  test("a directory left by an earlier start is brought to the asked state", async () => {
    await open();
    await writeFile(join(exportDir, january), "changed");
    await open({ holdBackOk: [february], holdBack: [march] });
    expect(await arrivals()).toEqual({ [january]: "whole", [february]: "no ok" });
  });

  test("new rows are GB18030 with CRLF and quoting, and their .ok matches", async () => {
    const drop = await open();
    const row: ExportRow = {
      记录号: "NR1",
      身份证号: "330899199107080091",
      姓名: "叶洋刚",
      单位: "某单位",
      年度: "2020",
      培训项目: '土地整治,"新"𠮷',
      科目类别: "其他",
      学时: "8",
      开始日期: "2020/04/01",
      结束日期: "2020/04/02",
      培训机构: "衢州市委党校",
      审核状态: "已通过",
      更新时间: "2020-04-03 09:00:00",
    };
    await drop.deliverRows("export-202004.csv", [row]);
    const bytes = await readFile(join(exportDir, "export-202004.csv"));
    const lines = new TextDecoder("gb18030").decode(bytes).split("\r\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]?.startsWith("记录号,身份证号,姓名")).toBe(true);
    expect(lines[1]).toContain(',2020,"土地整治,""新""𠮷",其他,8,');
    expect(await readFile(join(exportDir, "export-202004.csv.ok"), "utf8")).toMatch(/^1 [0-9a-f]{64}\n$/);
    expect((await arrivals())["export-202004.csv"]).toBe("whole");
  });

  test("unknown files and impossible truncations are refused", async () => {
    await expect(open({ holdBackOk: ["export-209901.csv"] })).rejects.toThrow("export-209901.csv");
    const drop = await open();
    await expect(drop.truncate(january, 1_000)).rejects.toThrow(RangeError);
    await expect(drop.deliverRows("../x.csv", [])).rejects.toThrow("export-YYYYMM.csv");
  });
});

test("without a directory of its own the feed's folder is served and cannot be changed", async () => {
  const drop = await openNaturalResourcesDrop(feed.feedsDir, null);
  expect(drop.directory).toBe(join(feed.feedsDir, "zj-natural-resources"));
  await expect(drop.truncate(january, 1)).rejects.toThrow("read-only");
  await expect(openNaturalResourcesDrop(feed.feedsDir, null, { holdBack: [january] })).rejects.toThrow("read-only");
});
