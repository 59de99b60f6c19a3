import { type Language, PROBLEMS, presentProblem } from "@xueshi/contracts";
import { responseHeaders } from "../response/response-headers.ts";
import { type ClassifyFailure, databaseProblem } from "./database-problem.ts";
import { HttpProblem } from "./http-problem.ts";

/**
 * What is answered for anything thrown: the problem itself, `service_unavailable` where the database is not there,
 * `outcome_unknown` where nobody can tell what it did, else `internal_error`; these say nothing of the cause.
 */
export function asProblem(thrown: unknown, classify: ClassifyFailure): HttpProblem {
  const problem = databaseProblem(thrown, classify);
  return problem instanceof HttpProblem ? problem : new HttpProblem("internal_error", { cause: thrown });
}

/** A problem as `application/problem+json` (RFC 9457) in the caller's language. */
export function problemResponse(problem: HttpProblem, language: Language, requestId: string): Response {
  const body = JSON.stringify(presentProblem(problem.code, language, requestId, problem.errors));
  const headers = responseHeaders("application/problem+json", language, requestId);
  return new Response(body, { status: PROBLEMS[problem.code].status, headers: { ...headers, ...problem.headers } });
}
