import { matchesGlob } from "node:path";
import { expect, it } from "vitest";
import vitestConfig from "../../vitest.config.ts";
import longConfig from "../../vitest.long.config.ts";
import { listFiles } from "./repository.ts";

interface Project {
  readonly test: { readonly name: string; readonly include: readonly string[]; readonly exclude: readonly string[] };
}

/** Those of both commands, without the one that runs what another one runs, on another server. */
const projects = [vitestConfig, longConfig]
  .flatMap((config) => (config as { test: { projects: Project[] } }).test.projects)
  .map(({ test }) => test)
  .filter(({ name }) => name !== "database-15");

/** The projects that would run a file. */
function runBy(path: string): string[] {
  const matches = (patterns: readonly string[]) => patterns.some((pattern) => matchesGlob(path, pattern));
  return projects.filter(({ include, exclude }) => matches(include) && !matches(exclude)).map(({ name }) => name);
}

it("runs every test file in exactly one project", () => {
  const files = listFiles("").filter((path) => path.endsWith(".test.ts"));
  expect(files.length).toBeGreaterThan(20);
  expect(files.map((path) => [path, runBy(path).length]).filter(([, count]) => count !== 1)).toEqual([]);
});

it("has no file that was a test and no longer runs", () => {
  const suspects = listFiles("").filter((path) => /\.(spec|tests)\.|\.test\.|_test\./.test(path));
  expect(suspects.filter((path) => !path.endsWith(".test.ts"))).toEqual([]);
});

it("would notice a test that lies where nothing looks", () => {
  expect(runBy("packages/domain/a.test.ts")).toEqual([]);
  expect(runBy("packages/domain/src/a.test.ts")).toEqual(["unit"]);
  expect(runBy("packages/database/src/a.db.test.ts")).toEqual(["database"]);
  expect(runBy("packages/database/src/a.test.ts.skipped")).toEqual([]);
  expect(runBy("tests/faults/a.long.test.ts")).toEqual(["faults-long"]);
});
