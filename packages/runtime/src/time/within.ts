import { RuntimeError } from "../runtime-error.ts";

/**
 * The promise's own outcome, or a rejection once `msMax` milliseconds have passed. The work itself is not stopped.
 * @throws RuntimeError `step_timed_out`, naming `what`
 */
export async function within<Result>(work: Promise<Result>, msMax: number, what: string): Promise<Result> {
  const { promise: timedOut, reject } = Promise.withResolvers<never>();
  const late = () => reject(new RuntimeError("step_timed_out", `${what} did not end within ${msMax} ms.`));
  const timer = setTimeout(late, msMax);
  try {
    return await Promise.race([work, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
