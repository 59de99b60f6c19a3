import { mkdir, mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createLogger } from "../logging/create-logger.ts";
import { systemClock } from "../time/system-clock.ts";
import { makeEphemeralDirectory, removeEphemeralDirectory, sweepEphemeralDirectories } from "./ephemeral-directory.ts";
import { holdLock } from "./hold-lock.ts";
import { writeState } from "./store-files.ts";

const logger = createLogger({ service: "test", clock: systemClock, write: () => {} });
const minutesLater = (minutes: number) => () => systemClock() + minutes * 60_000;
let parent = "";

beforeAll(async () => {
  parent = await mkdtemp(join(await realpath(tmpdir()), "xueshi-sweep-"));
  vi.stubEnv("TMPDIR", parent);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(parent, { recursive: true });
});

it("sweeps what a killed run left, and neither what is young nor what is in use", async () => {
  const used = await makeEphemeralDirectory();
  const left = await makeEphemeralDirectory();
  await mkdir(join(parent, "other"));
  await writeState(left, { format: 1, storeDir: join(parent, "moved"), databases: [] });
  await mkdir(join(parent, "moved/cluster"), { recursive: true });
  const lock = await holdLock(used);
  await sweepEphemeralDirectories(minutesLater(9), logger);
  expect((await readdir(parent)).toSorted()).toEqual(["moved", "other", basename(used), basename(left)].toSorted());
  await sweepEphemeralDirectories(minutesLater(11), logger);
  expect((await readdir(parent)).toSorted()).toEqual(["other", basename(used)].toSorted());
  await lock?.release();
  await removeEphemeralDirectory(used);
});

it("locks a directory once, until it is released", async () => {
  const directory = await makeEphemeralDirectory();
  const first = await holdLock(directory);
  expect(await holdLock(directory)).toBeNull();
  await first?.release();
  const second = await holdLock(directory);
  expect(second).not.toBeNull();
  await second?.release();
});
