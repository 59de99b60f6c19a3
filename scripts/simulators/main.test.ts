import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeSmallFeed } from "./small-feed.ts";
import { simulatorSecrets } from "./start-simulators.ts";

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

test("misbehaves as told by flags and by the switches, and behaves again", async () => {
  const flags = ["--misbehave", "status=1", "--seed", "7", "--strikes-max", "2", "--control-port", "0"];
  const { lines } = run(["--feeds", feed.feedsDir, "--export-dir", exportDir, ...flags]);
  const { quzhouCity, control } = await readJson<Ready & { control: { url: string } }>(lines);
  const logIn = () =>
    fetch(`${quzhouCity.url}/api/login`, { method: "POST", body: JSON.stringify(simulatorSecrets.quzhouCity) });
  const statuses = [await logIn(), await logIn(), await logIn()].map(({ status }) => status);
  expect(statuses.map((status) => status >= 500)).toEqual([true, true, false]);

  const turn = async (path: string, body: unknown = {}) => {
    const response = await fetch(control.url + path, { method: "POST", body: JSON.stringify(body) });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };
  expect(await turn("/misbehave", { seed: 1, rates: "not_auth=1,ok_missing=1" })).toMatchObject({ status: 200 });
  expect(await (await logIn()).json()).toEqual({ code: -2, msg: "not_auth" });
  expect((await readdir(exportDir)).filter((name) => name.endsWith(".ok"))).toEqual([]);
  expect((await turn("/redeliver")).status).toBe(200);
  await turn("/behave");
  expect((await logIn()).status).toBe(200);
  expect((await readdir(exportDir)).filter((name) => name.endsWith(".ok"))).toHaveLength(3);
  await turn("/faults", { platform: "quzhou-city", route: "login", kind: "ok_with_error" });
  expect(await (await logIn()).json()).toEqual({ code: 500, msg: "system busy" });
  const future = { platform: "quzhou-city", id: "QZ1", updateTimeMs: 4_102_444_800_000 };
  expect((await turn("/touch", future)).json).toMatchObject({ counters: { "quzhou-city": { rowsTouched: 1 } } });

  const refused = [
    ["/misbehave", { rates: "slowly=0.1" }, "slowly is no misbehaviour"],
    ["/misbehave", { rates: "status=0.1", strikesMax: 0 }, "strikesMax must be a whole number"],
    ["/faults", { platform: "quzhou-city", kind: "total_rows" }, "total_rows cannot happen"],
    ["/touch", { platform: "quzhou-city", id: "nobody" }, "No row has the id"],
  ] as const;
  for (const [path, body, message] of refused) {
    const { status, json } = await turn(path, body);
    expect([status, json.error], path).toEqual([400, expect.stringContaining(message)]);
  }
  expect((await turn("/nowhere")).status).toBe(404);
  const { counters } = (await (await fetch(control.url)).json()) as { counters: unknown };
  expect(counters).toMatchObject({
    "quzhou-city": { faultsFired: { status: 2, not_auth: 1, ok_with_error: 1 } },
    "zj-natural-resources": { faultsPlaced: { ok_missing: 6 } },
  });
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
  for (const flag of [
    "--feeds",
    "--quzhou-port",
    "--industry-port",
    "--export-dir",
    "--misbehave",
    "--seed",
    "half_page",
  ]) {
    expect(text).toContain(flag);
  }
  expect(await help.exit).toEqual([0, null]);
  expect(await run(["--feed", "x"]).exit).toEqual([2, null]);
  expect(await run(["--quzhou-port", "70000"]).exit).toEqual([2, null]);
  expect(await run(["--misbehave", "status=2"]).exit).toEqual([2, null]);
});
