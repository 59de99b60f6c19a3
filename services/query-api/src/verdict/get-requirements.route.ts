import type { checkRoutes } from "@xueshi/contracts";
import { type Handler, HttpProblem } from "@xueshi/http";
import type { QueryContext } from "../query-context.ts";
import { answerCheck } from "./check.route.ts";

const DECLARATION_PREFIX = "declaration.";

/** What a declaration, given as query parameters, asks of a person: the answer of a check that is never kept. */
export function getRequirements(
  context: QueryContext,
): Handler<ReturnType<typeof checkRoutes>["getRequirementsRoute"]> {
  return async ({ params, query }, call) => {
    const { place, year, kind, level, series, education, asOf, knownAt, explain } = query;
    const request = {
      id: null,
      practitioner: { by: "practitioner-id" as const, practitionerId: params.practitionerId },
      declaration: { place, year, kind, level: level ?? null, series, education: education ?? null },
      asOf: asOf ?? null,
      knownAtMs: knownAt ?? null,
      keep: false,
      explain: explain === "true",
      hypothetical: [],
    };
    try {
      return await answerCheck(context, request, call, "requirements");
    } catch (error) {
      throw error instanceof HttpProblem ? withQueryPaths(error) : error;
    }
  };
}

/** In the address, the fields of the declaration stand by themselves. */
function withQueryPaths(problem: HttpProblem): HttpProblem {
  if (problem.code !== "validation_failed") return problem;
  const errors = problem.errors.map(({ path, ...rest }) => ({
    path: path.startsWith(DECLARATION_PREFIX) ? path.slice(DECLARATION_PREFIX.length) : path,
    ...rest,
  }));
  return new HttpProblem("validation_failed", { errors });
}
