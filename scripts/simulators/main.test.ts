import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeSmallFeed } from "./small-feed.ts";

type Program = ChildProcessByStdio<Writable, Readable, Readable>;
type Ready = { quzhouCity: { url: string; rows: number }; zjIndustry: { url: string; rows: number } };

let feed: Awaited<ReturnType<typeof writeSmallFeed>>;
let exportDir = "";
let program: Program | null = null;

beforeEach(async () => {
  feed = await writeSmallFeed();
  exportDir = await mkdtemp(join(tmpdir(), "xueshi-exports-"));
});

afterEach(async () => {
  if (program !== null && program.exitCode === null && program.signalCode === null) {
    program.kill("SIGKILL");
    await once(program, "exit");
  }
  program = null;
  await feed.remove();
  await rm(exportDir, { recursive: true, force: true });
});

function run(flags: string[]): { program: Program; lines: AsyncIterator<string>; exit: Promise<unknown[]> } {
  const started = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...flags], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  program = started;
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
  return { program: started, lines, exit: once(started, "exit") };
}

async function readJson<T>(lines: AsyncIterator<string>): Promise<T> {
  return JSON.parse((await lines.next()).value as string) as T;
}

test("prints one line when ready, serves, and stops on SIGTERM with its counters", async () => {
  const { program, lines, exit } = run(["--feeds", feed.feedsDir, "--export-dir", exportDir, "--page-rows-max", "3"]);
  const ready = await readJson<Ready>(lines);
  expect(ready).toMatchObject({
    ready: true,
    quzhouCity: { rows: 10 },
    zjIndustry: { rows: 5 },
    zjNaturalResources: { directory: exportDir },
  });
  expect(await readdir(exportDir)).toHaveLength(6);
  expect((await fetch(`${ready.zjIndustry.url}/open/hours`)).status).toBe(401);
  program.kill("SIGTERM");
  const stopped = await readJson<{ counters: unknown }>(lines);
  expect(stopped).toMatchObject({ stopped: true, counters: { "zj-industry": { requests: 1, unauthorised: 1 } } });
  expect(await exit).toEqual([0, null]);
});

test("stops when standard input ends, if asked to", async () => {
  const { program, lines, exit } = run(["--feeds", feed.feedsDir, "--exit-with-stdin"]);
  await readJson<Ready>(lines);
  program.stdin.end();
  expect(await exit).toEqual([0, null]);
});

test("--help explains every flag; an unknown flag and a wrong port end with 2", async () => {
  const help = run(["--help"]);
  let text = "";
  for await (const line of { [Symbol.asyncIterator]: () => help.lines }) text += `${line}\n`;
  for (const flag of ["--feeds", "--quzhou-port", "--industry-port", "--export-dir", "--page-rows-max"]) {
    expect(text).toContain(flag);
  }
  expect(await help.exit).toEqual([0, null]);
  expect(await run(["--feed", "x"]).exit).toEqual([2, null]);
  expect(await run(["--quzhou-port", "70000"]).exit).toEqual([2, null]);
});
