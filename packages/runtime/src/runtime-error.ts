export type RuntimeErrorCode =
  /** A variable, a key file or an option is missing or of the wrong form; the message names it, never its value. */
  | "config_invalid"
  /** Another running process holds the data directory. */
  | "embedded_postgres_in_use"
  /** The cluster could not be made; the message ends with what initdb said. */
  | "embedded_postgres_init_failed"
  /** PostgreSQL refuses to run as root, and there is no way here to run it as anyone else. */
  | "embedded_postgres_no_account"
  /** The port that was asked for is in use. */
  | "embedded_postgres_port_taken"
  /** The server ended before it took connections; the message ends with its log. */
  | "embedded_postgres_start_failed"
  /** No embedded server for this platform is installed, or it does not run: set DATABASE_URL. */
  | "embedded_postgres_unavailable"
  /** The data directory was made by another major version. */
  | "embedded_postgres_version_mismatch"
  /** Something did not end within its bound; it may still be under way. */
  | "step_timed_out"
  /** The machine's mariadbd did not start for a test. */
  | "test_mariadb_start_failed"
  /** The machine's redis-server did not start for a test. */
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
