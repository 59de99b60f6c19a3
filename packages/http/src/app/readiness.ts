import type { Answer } from "./call.ts";
import type { Logger } from "./logger.ts";
import type { Readiness } from "./service-routes.ts";

/** What a service needs to answer, by name; each check rejects when it is not there. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<unknown>>>;

/** Answers /readyz: 200 `ready`, or 503 with which check failed; why it failed is in the log only. */
export async function checkReadiness(checks: ReadinessChecks, draining: boolean, logger: Logger): Promise<Answer> {
  if (draining) return answer(503, { state: "draining", checks: {} });
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await check();
        return [name, "ok"] as const;
      } catch (error) {
        logger.warn("not ready", { check: name, error });
        return [name, "failed"] as const;
      }
    }),
  );
  const ready = results.every(([, result]) => result === "ok");
  return answer(ready ? 200 : 503, { state: ready ? "ready" : "not_ready", checks: Object.fromEntries(results) });
}

function answer(status: number, readiness: Readiness): Answer {
  return { status, json: readiness };
}
