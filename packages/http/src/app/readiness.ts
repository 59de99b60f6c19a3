import type { Answer } from "./call.ts";
import type { Logger } from "./logger.ts";
import type { Readiness } from "./service-routes.ts";

/** What a service needs to answer, by name; each check rejects when it is not there. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<unknown>>>;

/** Answers /readyz: 200 `ready`, or 503 with which check failed. */
type AnswerReadiness = (draining: boolean) => Promise<Answer>;

/**
 * Makes what answers /readyz. Why a check failed is in the log only: one line when it begins to fail, one for each other
 * cause, and one when it works again, however often it is asked meanwhile.
 */
export function createReadiness(checks: ReadinessChecks, logger: Logger): AnswerReadiness {
  /** Causes of the checks that failed when they were asked last, by name. */
  const causes = new Map<string, string>();
  const ask = async (name: string, check: () => Promise<unknown>): Promise<"ok" | "failed"> => {
    try {
      await check();
    } catch (error) {
      const cause = causeOf(error);
      if (causes.get(name) !== cause) logger.warn("not ready", { check: name, error });
      causes.set(name, cause);
      return "failed";
    }
    if (causes.delete(name)) logger.info("ready again", { check: name });
    return "ok";
  };
  return async (draining) => {
    if (draining) return answer(503, { state: "draining", checks: {} });
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await ask(name, check)] as const),
    );
    const ready = results.every(([, result]) => result === "ok");
    return answer(ready ? 200 : 503, { state: ready ? "ready" : "not_ready", checks: Object.fromEntries(results) });
  };
}

/** What tells one cause from another: kind, code and words of an error, not where it was thrown. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name} ${"code" in error ? String(error.code) : ""} ${error.message}`;
}

function answer(status: number, readiness: Readiness): Answer {
  return { status, json: readiness };
}
