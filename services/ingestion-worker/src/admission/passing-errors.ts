import { classifyFailure } from "@xueshi/database";

/** Errors beside those of the database that pass by themselves: Node's own (`EMFILE`), and a key that is in use. */
const PASSING = /^(?:E[A-Z]{4,}|idempotency_key_in_use)$/;
/** Of an error that is not of the moment: as many as the queue makes before it lets a job go. */
const ATTEMPTS_MAX = 5;

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Whether a job that failed is worth another attempt; after that, what it was about is to be ended for good. */
export function isWorthRetrying(
  error: unknown,
  job: { readonly attempt: number; readonly signal: AbortSignal },
): boolean {
  const isPassing = classifyFailure(error) !== "never" || PASSING.test(codeOf(error));
  return job.attempt < ATTEMPTS_MAX || job.signal.aborted || isPassing;
}
