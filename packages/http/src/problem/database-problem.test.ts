import { expect, test } from "vitest";
import { databaseProblem } from "./database-problem.ts";
import { HttpProblem } from "./http-problem.ts";

const failure = (code: string) => Object.assign(new Error("failed"), { code });

test.each([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "CONNECTION_CLOSED",
  "CONNECT_TIMEOUT",
  "08006",
  "28P01",
  "53300",
  "57014",
  "57P01",
  "40001",
  "40P01",
  "25006",
])("%s is answered 503, with the cause for the log", (code) => {
  const error = failure(code);
  expect(databaseProblem(error)).toMatchObject({
    code: "service_unavailable",
    headers: { "Retry-After": "1" },
    cause: error,
  });
});

test.each(["42P01", "22P02", "42501", "ERR_INVALID_ARG_TYPE"])("%s is a fault of ours and stays itself", (code) => {
  const error = failure(code);
  expect(databaseProblem(error)).toBe(error);
});

test("a problem and an error without a code stay themselves", () => {
  const problem = new HttpProblem("verdict_not_found");
  const error = new Error("plain");
  expect([databaseProblem(problem), databaseProblem(error), databaseProblem("text")]).toEqual([problem, error, "text"]);
});
