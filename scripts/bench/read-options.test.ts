import { expect, test } from "vitest";
import { FIGURES, readOptions } from "./read-options.ts";

test("measures everything on a large feed unless told otherwise", () => {
  const options = readOptions([], "/somewhere");
  expect([...options.figures]).toEqual(FIGURES);
  expect(options).toMatchObject({ rows: 400_000, pairs: 7, jsonFile: null, profileDir: null, help: false });
});

test("needs only a small feed when the pull is not measured", () => {
  const options = readOptions(["--only", "check,batch", "--json", "out.json"], "/somewhere");
  expect([...options.figures]).toEqual(["check", "batch"]);
  expect(options).toMatchObject({ rows: 40_000, jsonFile: "/somewhere/out.json" });
});

test("measures growth only where it is named, on ten million entries that are removed", () => {
  const options = readOptions(["--only", "growth"], "/somewhere");
  expect([...options.figures]).toEqual(["growth"]);
  expect(options).toMatchObject({ entries: 10_000_000, keptDir: null });
  expect(readOptions(["--only", "growth", "--keep", "here"], "/somewhere").keptDir).toBe("/somewhere/here");
});

test.each([
  [
    ["--only", "pull,pusch"],
    "--only takes a list of rules, posting, verify, rebuild, feed, pull, push, stream, visible, upload, check, batch, growth.",
  ],
  [["--rows", "many"], "--rows takes a whole number from 2000 to 5000000."],
  [["--ledger", "10"], "--ledger takes a whole number from 1000 to 50000000."],
  [["--entries", "100000"], "--entries takes a whole number from 200000 to 100000000."],
  [["--pairs", "0"], "--pairs takes a whole number from 1 to 100."],
])("refuses %j with a sentence", (args, message) => {
  expect(() => readOptions(args, "/somewhere")).toThrow(message);
});
