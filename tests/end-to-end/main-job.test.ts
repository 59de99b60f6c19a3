import { cpSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { readJsonLines } from "../oracle/index.ts";
import { publicFeeds, readAnswers, readSummary } from "./feeds.ts";
import { processesOf } from "./processes.ts";
import { killMainJobs, runMainJob, startMainJob } from "./start-main-job.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const folder = makeTemporaryFolder();
const dataDir = folder.at("data");
const expected = publicFeeds();

afterAll(async () => {
  await killMainJobs(dataDir);
  folder.remove();
});

const filesOf = (run: string) => ({ answers: folder.at(`${run}.jsonl`), summary: folder.at(`${run}.json`) });

async function runOnce(run: string, args: readonly string[] = []) {
  const files = filesOf(run);
  const flags = ["--once", "--answers", files.answers, "--summary", files.summary, ...args];
  const end = await runMainJob({ dataDir, args: flags });
  expect(end, end.output).toMatchObject({ code: 0, signal: null });
  return { ...files, output: end.output };
}

/** What may not change from one run to the next on the same data: all but the request's own times. */
function lasting(answersFile: string): unknown[] {
  return readJsonLines(answersFile).map(({ knownAt: _knownAt, freshness: _freshness, ...rest }) => rest);
}

const ledgerLine = (output: string) => /账本 ledger: .*/.exec(output)?.[0];
const rereadRows = (output: string) => [...output.matchAll(/(\d+) reread/g)].map((match) => Number(match[1]));

let ledgerLineOfCold: string | undefined;

describe("the main job on the public feed, everything embedded", () => {
  it("gives every expected answer and the expected summary, and ends without a trace", async () => {
    const { answers, summary, output } = await runOnce("cold");
    expect(readAnswers(answers)).toEqual(expected.answers);
    expect(readSummary(summary)).toEqual(expected.summary);
    expect(rereadRows(output)).toEqual([0, 0, 0]);
    ledgerLineOfCold = ledgerLine(output);
    expect(ledgerLineOfCold).toMatch(/\d+ 笔 entries/);
    expect(processesOf(dataDir)).toEqual([]);
    for (const secret of ["credentials.json", "database-logins.json", "keys.json", "targets.json"]) {
      expect([secret, statSync(folder.at("data", secret)).mode & 0o777]).toEqual([secret, 0o600]);
    }
  });

  it("changes nothing when it runs again on the same data; rows that were read again are counted apart", async () => {
    const credentials = readFileSync(folder.at("data/credentials.json"), "utf8");
    // A copy of the feed elsewhere is the same feed.
    cpSync(expected.dir, folder.at("copy"), { recursive: true });
    const { answers, summary, output } = await runOnce("warm", ["--feeds", folder.at("copy")]);
    expect(readSummary(summary)).toEqual(expected.summary);
    expect(lasting(answers)).toEqual(lasting(filesOf("cold").answers));
    expect(ledgerLine(output)).toBe(ledgerLineOfCold);
    expect(rereadRows(output)[0]).toBeGreaterThan(0);
    expect(readFileSync(folder.at("data/credentials.json"), "utf8")).toBe(credentials);
  });

  it("refuses another feed on the same data directory, with advice", async () => {
    cpSync(expected.dir, folder.at("other"), { recursive: true });
    writeFileSync(folder.at("other/quzhou-city-categories.json"), "[]");
    const end = await runMainJob({ dataDir, args: ["--once", "--feeds", folder.at("other")] });
    expect(end.code).toBe(1);
    expect(end.output).toContain(expected.dir);
    expect(end.output).toContain(folder.at("other"));
    expect(end.output).toContain("XUESHI_DATA_DIR");
    expect(processesOf(dataDir)).toEqual([]);
  });

  it("runs on until Ctrl-C, refuses a second start meanwhile, and then drains and leaves no process", async () => {
    const job = await startMainJob({ dataDir });
    await job.says(/Running; press Ctrl-C to stop/);
    expect(processesOf(dataDir).length).toBeGreaterThan(5);
    const targets = readFileSync(folder.at("data/targets.json"), "utf8");
    const second = await runMainJob({ dataDir, args: ["--once"] });
    expect(second.code).toBe(1);
    expect(second.output).toContain("in use by another running process");
    expect(readFileSync(folder.at("data/targets.json"), "utf8")).toBe(targets);
    job.signalGroup("SIGINT");
    expect(await job.ended, job.output()).toEqual({ code: 0, signal: null });
    expect(processesOf(dataDir)).toEqual([]);
  });
});

describe("the command line", () => {
  it("explains itself", async () => {
    const { code, output } = await runMainJob({ dataDir: folder.at("none"), args: ["--help"] });
    expect(code).toBe(0);
    const flags = ["--once", "--feeds", "--declarations", "--answers", "--summary", "--page-rows-max", "--help"];
    for (const word of [...flags, "DATABASE_URL", "REDIS_URL", "XUESHI_DATA_DIR"]) expect(output).toContain(word);
  });

  it.each([
    [["--nope"], "--nope"],
    [["extra"], "extra"],
    [["--page-rows-max", "0"], "--page-rows-max"],
    [["--feeds"], "--feeds"],
  ])("tells what is wrong with %j and starts nothing", async (args, named) => {
    const { code, output } = await runMainJob({ dataDir: folder.at("none"), args });
    expect(code).toBe(2);
    expect(output).toContain(named);
    expect(output).toContain("--help");
    expect(output).not.toContain("    at ");
  });

  it("says so when there is no such feed", async () => {
    const { code, output } = await runMainJob({
      dataDir: folder.at("none"),
      args: ["--once", "--feeds", folder.at("nowhere")],
    });
    expect(code).toBe(1);
    expect(output).toContain(`There is no feeds directory ${folder.at("nowhere")}`);
  });
});
