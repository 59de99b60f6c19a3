import { describe, expect, test } from "vitest";
import { createTroubleLog, describeError } from "./trouble-log.ts";

describe("the trouble log", () => {
  test("says each trouble once until it is over, and that it is over", () => {
    const lines: string[] = [];
    const write = (message: string, fields?: Readonly<Record<string, unknown>>) => {
      lines.push(`${message} ${String(fields?.problem ?? "")}`.trim());
    };
    const trouble = createTroubleLog({ info: write, warn: write, error: write }, "redis");
    trouble.recovered();
    trouble.report(new Error("connect ECONNREFUSED"));
    trouble.report(new Error("connect ECONNREFUSED"));
    trouble.recovered();
    trouble.recovered();
    trouble.report(new Error("connect ECONNREFUSED"));
    expect(lines).toEqual([
      "queue trouble connect ECONNREFUSED",
      "queue recovered",
      "queue trouble connect ECONNREFUSED",
    ]);
  });

  test("does not take calls that are answered for a worker that has recovered", () => {
    const lines: string[] = [];
    const write = (message: string) => void lines.push(message);
    const trouble = createTroubleLog({ info: write, warn: write, error: write }, "postgres");
    for (let turn = 0; turn < 5; turn += 1) {
      trouble.report(new Error("not initialised"), "worker");
      trouble.recovered();
    }
    trouble.recovered("worker");
    expect(lines).toEqual(["queue trouble", "queue recovered"]);
  });

  test("is bounded when every trouble is new", () => {
    let lines = 0;
    const count = () => {
      lines += 1;
    };
    const trouble = createTroubleLog({ info: count, warn: count, error: count }, "redis");
    for (let number = 0; number < 100; number += 1) trouble.report(new Error(`trouble ${number}`));
    expect(lines).toBe(32);
  });

  test.each([
    [new Error("no"), "no"],
    [Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
    [new TypeError(""), "TypeError"],
    ["text", "text"],
  ])("describes %s", (error, text) => {
    expect(describeError(error)).toBe(text);
  });
});
