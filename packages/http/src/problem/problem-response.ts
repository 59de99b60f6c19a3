import { type Language, PROBLEMS, presentProblem } from "@xueshi/contracts";
import { responseHeaders } from "../response/response-headers.ts";
import { databaseProblem } from "./database-problem.ts";
import { HttpProblem } from "./http-problem.ts";

/**
 * What is answered for anything thrown: the problem itself, `service_unavailable` where the database is not there, else
 * `internal_error`; the last two say nothing of the cause.
 */
export function asProblem(thrown: unknown): HttpProblem {
  const problem = databaseProblem(thrown);
  return problem instanceof HttpProblem ? problem : new HttpProblem("internal_error", { cause: thrown });
}

/** A problem as `application/problem+json` (RFC 9457) in the caller's language. */
export function problemResponse(problem: HttpProblem, language: Language, requestId: string): Response {
  const body = JSON.stringify(presentProblem(problem.code, language, requestId, problem.errors));
  const headers = responseHeaders("application/problem+json", language, requestId);
  return new Response(body, { status: PROBLEMS[problem.code].status, headers: { ...headers, ...problem.headers } });
}
