import type { BodyLine, checkRoutes } from "@xueshi/contracts";
import type { Handler } from "@xueshi/http";
import type { QueryContext } from "../query-context.ts";
import { answerChecks, type CheckSchema } from "./answer-checks.ts";

/** Checks many: all at once as JSON, or line by line, as fast as the caller reads. */
export function checkBatch(
  context: QueryContext,
  schema: CheckSchema,
): Handler<ReturnType<typeof checkRoutes>["checkBatchRoute"]> {
  return async ({ body }, call) => {
    if (body.form === "lines") {
      return { status: 200, lines: answerChecks(context, schema, body.lines, call) };
    }
    const results: unknown[] = [];
    const lines = numbered(body.value.checks);
    for await (const result of answerChecks(context, schema, lines, call)) results.push(result);
    return { status: 200, json: { results } };
  };
}

function* numbered(checks: readonly unknown[]): Generator<BodyLine> {
  for (const [index, value] of checks.entries()) yield { ok: true, line: index + 1, value };
}
