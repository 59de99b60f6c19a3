/**
 * Errors that pass by themselves, by the beginning of their code: of connections (PostgreSQL's class 08, the client's and
 * Node's), resources, conflicts, locks and shutdown (classes 40, 53, 55, 57 and 58), and a key that is in use.
 */
const PASSING = /^(?:08|40|53|55|57|58|CONNECT|E[A-Z]{4,}|idempotency_key_in_use)/;
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
  return job.attempt < ATTEMPTS_MAX || job.signal.aborted || PASSING.test(codeOf(error));
}
