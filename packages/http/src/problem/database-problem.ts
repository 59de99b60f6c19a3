import { HttpProblem } from "./http-problem.ts";

/**
 * What a service knows of a failure of what it works on, mostly of its database: whether trying again may help
 * (`again_at_once`, `again_later`), whether what was asked may have taken effect, or neither.
 */
export type ClassifyFailure = (error: unknown) => "again_at_once" | "again_later" | "may_have_committed" | "never";

/** What to answer for a failure: a problem where trying again may help, else the failure itself. */
export function databaseProblem(error: unknown, classify: ClassifyFailure): unknown {
  if (error instanceof HttpProblem) return error;
  switch (classify(error)) {
    case "again_at_once":
    case "again_later":
      return unavailable(error);
    case "may_have_committed":
      return new HttpProblem("outcome_unknown", { cause: error, headers: RETRY_AFTER });
    case "never":
      return error;
  }
}

const RETRY_AFTER = { "Retry-After": "1" };

/** The answer while something that an answer needs is not there; `cause` is logged and never sent. */
export function unavailable(cause: unknown): HttpProblem {
  return new HttpProblem("service_unavailable", { cause, headers: RETRY_AFTER });
}
