import { expect, it } from "vitest";
import { plant, readRepository, report } from "./repository.ts";
import { BUDGET_LINES, checkSizes, LINES_MAX, measureSizes } from "./sizes.ts";

it("keeps files and functions within their caps", () => {
  expect(report(checkSizes(readRepository()))).toEqual([]);
});

it("keeps most source files short", () => {
  const { files, median, p95, largest } = measureSizes(readRepository());
  console.info(`source files: ${files}, median ${median} lines, p95 ${p95}, largest ${largest}`);
  expect(median).toBeLessThanOrEqual(BUDGET_LINES.median);
  expect(p95).toBeLessThanOrEqual(BUDGET_LINES.p95);
});

it("notices a long file and a long function, and only those", () => {
  const lines = (count: number) => "f();\n".repeat(count);
  const planted = plant({
    "packages/domain/src/full.ts": lines(LINES_MAX.source),
    "packages/domain/src/over.ts": lines(LINES_MAX.source + 1),
    "packages/domain/src/long.test.ts": lines(LINES_MAX.test),
    "packages/domain/src/over.test.ts": lines(LINES_MAX.test + 1),
    "packages/domain/src/functions.ts": `function short() {\n${lines(68)}}\nconst long = () => {\n${lines(69)}};\n`,
    "packages/domain/src/blocks.test.ts": `it("x", () => {\n${lines(200)}});\n`,
  });
  expect(report(checkSizes(planted))).toEqual([
    "packages/domain/src/over.ts:401 has 401 lines; 400 is the cap",
    "packages/domain/src/over.test.ts:601 has 601 lines; 600 is the cap",
    "packages/domain/src/functions.ts:71 a function of 71 lines; 70 is the cap",
  ]);
});

it("measures quantiles of the sources alone", () => {
  const planted = plant({
    "packages/a/src/a.ts": "1;\n",
    "packages/a/src/b.ts": "1;\n2;\n3;\n",
    "tests/c.ts": "1;\n".repeat(9),
  });
  expect(measureSizes(planted)).toEqual({ files: 2, median: 3, p95: 3, largest: 3 });
});
