import { expect, test } from "vitest";
import { type ClassifyFailure, databaseProblem } from "./database-problem.ts";
import { HttpProblem } from "./http-problem.ts";

const error = new Error("failed");
const as = (then: ReturnType<ClassifyFailure>) => databaseProblem(error, () => then);

test.each(["again_at_once", "again_later"] as const)("%s is answered 503, with the cause for the log", (then) => {
  expect(as(then)).toMatchObject({ code: "service_unavailable", headers: { "Retry-After": "1" }, cause: error });
});

test("what may have taken effect is said to, and may be sent again", () => {
  expect(as("may_have_committed")).toMatchObject({
    ...{ code: "outcome_unknown", headers: { "Retry-After": "1" }, cause: error },
  });
});

test("a fault of ours stays itself, and so does a problem", () => {
  const problem = new HttpProblem("verdict_not_found");
  expect(as("never")).toBe(error);
  expect(databaseProblem(problem, () => "again_later")).toBe(problem);
});
