export type QueueErrorCode =
  /** The payload or an option is not of the closed form; nothing was sent. */
  | "payload_refused"
  /** The cron expression, interval or key of a schedule is not valid. */
  | "schedule_refused"
  /** The store did not take the call in time. It may still take effect; calling again is harmless. */
  | "queue_unavailable"
  /** `close` was called before. */
  | "queue_closed";

/**
 * An error of this package. `code` is stable and is what callers branch on; `message` says what is wrong and
 * what to do next, and never holds a payload's value.
 */
export class QueueError extends Error {
  readonly code: QueueErrorCode;

  constructor(code: QueueErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "QueueError";
    this.code = code;
  }
}
