import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isRunning } from "../processes/is-running.ts";

const index = JSON.stringify(fileURLToPath(new URL("../index.ts", import.meta.url)));

let marks = "";
beforeAll(async () => {
  marks = await mkdtemp(join(tmpdir(), "xueshi-parent-"));
});
afterAll(() => rm(marks, { recursive: true }));

const service = `
  import { writeFileSync } from "node:fs";
  import { createLogger, createShutdown, readConfig, watchParent } from ${index};
  const shutdown = createShutdown({ logger: createLogger({ service: "child", clock: () => 0 }) });
  shutdown.listen();
  watchParent(shutdown, readConfig(process.env, process.cwd()).parentWatch);
  shutdown.register("drain", () => {
    console.log("drained");
    writeFileSync(process.env.MARK, "drained");
  });
  setInterval(() => {}, 1e9);
  console.log(process.pid);`;

const starter = `
  import { spawnService } from ${index};
  const args = ["--input-type=module", "--eval", ${JSON.stringify(service)}];
  const child = await spawnService({ name: "child", command: process.execPath, args, env: process.env });
  process.once("SIGTERM", () => child.stop().then((exit) => process.exit(exit.code ?? 9)));`;

function startStarter(mark: string) {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", starter], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, MARK: mark },
  });
  return { child, output: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

it("a service drains when its starter stops it", async () => {
  const { child, output } = startStarter(join(marks, "stopped"));
  const first = await output.next();
  expect(first.value).toMatch(/^\[child\] \d+$/);
  child.kill("SIGTERM");
  expect((await output.next()).value).toBe("[child] drained");
  expect(await once(child, "exit")).toEqual([0, null]);
}, 20_000);

it("a service drains and ends when its starter is killed", async () => {
  const mark = join(marks, "killed");
  const { child, output } = startStarter(mark);
  const first = await output.next();
  const pid = Number(String(first.value).replace("[child] ", ""));
  child.kill("SIGKILL");
  await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
  expect(await readFile(mark, "utf8")).toBe("drained");
}, 20_000);
