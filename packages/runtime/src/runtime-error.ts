export type RuntimeErrorCode =
  | "config_invalid"
  | "embedded_postgres_in_use"
  | "embedded_postgres_init_failed"
  | "embedded_postgres_no_account"
  | "embedded_postgres_port_taken"
  | "embedded_postgres_start_failed"
  | "embedded_postgres_unavailable"
  | "embedded_postgres_version_mismatch"
  | "step_timed_out"
  | "test_redis_start_failed";

/**
 * An error of this package. `code` is stable and is what callers branch on; `message` says what is wrong
 * and what to do next, and never holds a secret or personal data.
 */
export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;

  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "RuntimeError";
    this.code = code;
  }
}
