import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { createLogger } from "../logging/create-logger.ts";
import { testClock } from "../time/test-clock.ts";
import { createShutdown } from "./create-shutdown.ts";
import { watchParent } from "./watch-parent.ts";

function begin() {
  const exits: number[] = [];
  const lines: string[] = [];
  const host = Object.assign(new EventEmitter(), { exit: (code: number) => void exits.push(code) });
  const logger = createLogger({ service: "test", clock: testClock(0), write: (line) => lines.push(line) });
  const shutdown = createShutdown({ logger, process: host });
  return { exits, lines, host, shutdown };
}

it("runs the steps in reverse order, one after the other, once", async () => {
  const { shutdown, exits } = begin();
  const ran: string[] = [];
  shutdown.register("database", () => void ran.push("database"));
  shutdown.register("server", async () => {
    ran.push("server begins");
    await new Promise(setImmediate);
    ran.push("server ends");
  });
  await Promise.all([shutdown.run("test"), shutdown.run("test")]);
  expect(ran).toEqual(["server begins", "server ends", "database"]);
  expect(exits).toEqual([0]);
});

it("goes on after a step that throws or never ends, and says so", async () => {
  const { shutdown, exits, lines } = begin();
  const ran: string[] = [];
  shutdown.register("first", () => void ran.push("first"));
  shutdown.register("throws", () => {
    throw new Error("broken");
  });
  shutdown.register("hangs", () => new Promise(() => {}), 1);
  await shutdown.run("test");
  expect(ran).toEqual(["first"]);
  expect(exits).toEqual([1]);
  expect(lines.join("")).toContain('"step":"hangs"');
  expect(lines.join("")).toContain("did not end within 1 ms");
  expect(lines.join("")).toContain('"step":"throws"');
});

it("closes what is registered while it runs", async () => {
  const { shutdown } = begin();
  const ran: string[] = [];
  shutdown.register("first", () => void ran.push("first"));
  shutdown.register("starting", () => shutdown.register("late", () => void ran.push("late")));
  await shutdown.run("test");
  expect(ran).toEqual(["late", "first"]);
});

it("begins on the first signal and leaves at once on the second", async () => {
  const { shutdown, host, exits } = begin();
  const { promise: drained, resolve: drain } = Promise.withResolvers<void>();
  shutdown.register("drain", () => drained);
  shutdown.listen();
  host.emit("SIGINT");
  expect(shutdown.signal.aborted).toBe(true);
  expect(exits).toEqual([]);
  host.emit("SIGTERM");
  expect(exits).toEqual([143]);
  drain();
  await shutdown.run("waits for the same run");
  expect(exits).toEqual([143, 0]);
});

function watchedProcess(connected: boolean) {
  const stdin = Object.assign(new EventEmitter(), { resume: () => {} });
  const streams = { stdin, stdout: new EventEmitter(), stderr: new EventEmitter() };
  return Object.assign(new EventEmitter(), { ...streams, connected });
}

it.each([
  ["stdin", "end"],
  ["stdin", "close"],
  ["stdin", "error"],
  ["stdout", "error"],
  ["stderr", "error"],
] as const)("begins when %s gives %s", async (stream, event) => {
  const { shutdown, exits } = begin();
  const watched = watchedProcess(false);
  watchParent(shutdown, "stdin", watched);
  expect(shutdown.signal.aborted).toBe(false);
  watched[stream].emit(event);
  await shutdown.run("waits for the same run");
  expect(exits).toEqual([0]);
});

it("begins when the channel to the parent closes, or was closed before", async () => {
  for (const connected of [true, false]) {
    const { shutdown } = begin();
    const watched = watchedProcess(connected);
    watchParent(shutdown, "ipc", watched);
    expect(shutdown.signal.aborted).toBe(!connected);
    watched.emit("disconnect");
    expect(shutdown.signal.aborted).toBe(true);
  }
});
