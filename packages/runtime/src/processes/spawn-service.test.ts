import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { isRunning } from "./is-running.ts";
import { type ServiceExit, type ServiceOptions, spawnService } from "./spawn-service.ts";

function start(script: string, more: Partial<ServiceOptions> = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const service = spawnService({
    name: "demo",
    command: process.execPath,
    args: ["--eval", script],
    env: { PATH: process.env.PATH },
    output: { stdout, stderr },
    ...more,
  });
  return { stdout, stderr, service };
}

function firstLine(stream: PassThrough): Promise<string> {
  return new Promise((resolve) => stream.once("data", (chunk: Buffer) => resolve(chunk.toString())));
}

it("puts the name before each line, the last one too, and tells an exit by itself", async () => {
  const exits: ServiceExit[] = [];
  const script = "process.stdout.write('一\\n二'); process.stderr.write('x\\n'); process.exitCode = 3";
  const { service, stdout, stderr } = start(script, { onExit: (exit) => exits.push(exit) });
  const { exited } = await service;
  expect(await exited).toEqual({ code: 3, signal: null });
  stdout.end();
  stderr.end();
  expect(await text(stdout)).toBe("[demo] 一\n[demo] 二\n");
  expect(await text(stderr)).toBe("[demo] x\n");
  expect(exits).toEqual([{ code: 3, signal: null }]);
});

it("stops with SIGTERM and does not report that as an exit", async () => {
  const exits: ServiceExit[] = [];
  const script = "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1e9); console.log('up')";
  const { service, stdout } = start(script, { onExit: (exit) => exits.push(exit) });
  const running = await service;
  expect(await firstLine(stdout)).toBe("[demo] up\n");
  expect(await Promise.all([running.stop(), running.stop()])).toEqual([
    { code: 0, signal: null },
    { code: 0, signal: null },
  ]);
  expect(exits).toEqual([]);
});

it("kills what does not stop in time, and its children with it", async () => {
  const script = `
    const child = require('node:child_process').spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1e9)']);
    process.on('SIGTERM', () => {});
    setInterval(() => {}, 1e9);
    console.log(child.pid);`;
  const { service, stdout } = start(script, { stopMsMax: 1 });
  const running = await service;
  const grandchild = Number((await firstLine(stdout)).replace("[demo] ", ""));
  expect(isRunning(grandchild)).toBe(true);
  expect(await running.stop()).toEqual({ code: null, signal: "SIGKILL" });
  await expect.poll(() => isRunning(grandchild)).toBe(false);
});

it("gives the child an input that ends with its starter, and says so in its environment", async () => {
  const script = "console.log(process.env.XUESHI_WATCH_PARENT, require('node:fs').fstatSync(0).isFile())";
  const { service, stdout } = start(script);
  const { exited } = await service;
  await exited;
  stdout.end();
  expect(await text(stdout)).toBe("[demo] stdin false\n");
});

it("rejects when the command does not exist", async () => {
  await expect(start("", { command: "/nonexistent/command" }).service).rejects.toMatchObject({ code: "ENOENT" });
});
