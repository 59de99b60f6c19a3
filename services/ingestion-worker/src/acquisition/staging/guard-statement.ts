import type { PullReason } from "../pull-event.ts";
import { StagingFault, type StagingOptions } from "./staging-database.ts";

/** The server ends a statement by itself; this long after, whatever lies between must have lost it. */
const GRACE_MS = 5_000;

/**
 * Waits for statements, but not for ever, and not while the process shuts down.
 * @param statements how many of them may use up their time
 * @param reasons what the codes or numbers of the database's errors mean; any other is `connection_failed`
 * @throws StagingFault
 */
export async function guardStatement<T>(
  work: () => Promise<T>,
  statements: number,
  { statementTimeoutMs, signal }: StagingOptions,
  reasons: Readonly<Record<string, PullReason>>,
): Promise<T> {
  const bound = AbortSignal.timeout(statements * statementTimeoutMs + GRACE_MS);
  const stop = signal === null ? bound : AbortSignal.any([signal, bound]);
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const onStop = () => reject(new StagingFault(bound.aborted ? "timeout" : "aborted"));
  if (stop.aborted) throw new StagingFault("aborted");
  stop.addEventListener("abort", onStop, { once: true });
  try {
    return await Promise.race([work(), stopped]);
  } catch (error) {
    if (error instanceof StagingFault) throw error;
    const { code = "", errno = "" } = error as { readonly code?: string; readonly errno?: number };
    throw new StagingFault(reasons[code] ?? reasons[errno] ?? "connection_failed");
  } finally {
    stop.removeEventListener("abort", onStop);
  }
}
