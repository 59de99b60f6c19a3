/**
 * What may be done after a failure:
 * - `again_at_once`: only the moment was wrong; the same transaction may run again;
 * - `again_later`: the server is not there, is overloaded or gave up; nothing was committed by what failed;
 * - `may_have_committed`: nobody was told whether it was committed; only who looks, or whose repetition has no second
 *   effect, may go on;
 * - `never`: it was asked something wrong, and will fail again.
 */
export type FailureClass = "again_at_once" | "again_later" | "may_have_committed" | "never";

interface Failure {
  /** The condition's name (PostgreSQL, appendix A), or where the code comes from. */
  readonly name: string;
  readonly kind: FailureClass;
  /** The session is gone with it. Default false. */
  readonly isConnectionLost?: true;
}

const again = { kind: "again_at_once" } as const;
const later = { kind: "again_later" } as const;
const lost = { kind: "again_later", isConnectionLost: true } as const;
const unknown = { kind: "may_have_committed", isConnectionLost: true } as const;

/** Every failure after which something may be done but to give up (PostgreSQL, appendix A, "PostgreSQL Error Codes"). */
export const SQLSTATES: Readonly<Record<string, Failure>> = {
  "40001": { name: "serialization_failure", ...again },
  "40P01": { name: "deadlock_detected", ...again },
  "55P03": { name: "lock_not_available", ...again },
  "08007": { name: "transaction_resolution_unknown", ...unknown },
  "40003": { name: "statement_completion_unknown", ...unknown },
  "08000": { name: "connection_exception", ...lost },
  "08001": { name: "sqlclient_unable_to_establish_sqlconnection", ...lost },
  "08003": { name: "connection_does_not_exist", ...lost },
  "08004": { name: "sqlserver_rejected_establishment_of_sqlconnection", ...lost },
  "08006": { name: "connection_failure", ...lost },
  "25006": { name: "read_only_sql_transaction", ...later }, // after a failover, until the new primary is found
  "25P03": { name: "idle_in_transaction_session_timeout", ...lost },
  "28000": { name: "invalid_authorization_specification", ...later },
  "28P01": { name: "invalid_password", ...later },
  "53000": { name: "insufficient_resources", ...later },
  "53100": { name: "disk_full", ...later },
  "53200": { name: "out_of_memory", ...later },
  "53300": { name: "too_many_connections", ...later },
  "53400": { name: "configuration_limit_exceeded", ...later },
  "55006": { name: "object_in_use", ...later },
  "57000": { name: "operator_intervention", ...later },
  "57014": { name: "query_canceled", ...later },
  "57P01": { name: "admin_shutdown", ...lost },
  "57P02": { name: "crash_shutdown", ...lost },
  "57P03": { name: "cannot_connect_now", ...lost },
  "57P05": { name: "idle_session_timeout", ...lost },
  "58000": { name: "system_error", ...later },
  "58030": { name: "io_error", ...later },
};

/** The rest of a class, by the two characters that its SQLSTATEs begin with. */
const CLASSES: Readonly<Record<string, Failure>> = {
  "08": { name: "connection_exception", ...lost },
  "28": { name: "invalid_authorization_specification", ...later }, // while a password is exchanged
  "53": { name: "insufficient_resources", ...later },
  "57": { name: "operator_intervention", ...later },
  "58": { name: "system_error", ...later },
};

/** Codes of the client and of Node's sockets: the connection is gone, or there never was one. */
const CLIENT_CODES: Readonly<Record<string, Failure>> = Object.fromEntries(
  [
    ...["CONNECTION_CLOSED", "CONNECTION_DESTROYED", "CONNECTION_ENDED", "CONNECT_TIMEOUT"],
    ...["ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT"],
    ...["EAI_AGAIN", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH", "ENOTFOUND"],
  ].map((name) => [name, { name, ...lost }]),
);

/** The answer to a COMMIT was lost: what the transaction did is there, or nothing of it is. */
export class MayHaveCommitted extends Error {
  override readonly name = "MayHaveCommitted";
  readonly code = "may_have_committed";
  constructor(cause: unknown) {
    super("the connection was lost before the server told whether the transaction was committed", { cause });
  }
}

/** What was looked at before the locks is not so any more; the transaction is to run again, as after 40001. */
export class LookedTooEarly extends Error {
  override readonly name = "LookedTooEarly";
  readonly code = "40001";
}

/** SQLSTATEs of two sessions that make one role at once: whoever was late looks again. */
export const ROLE_RACES: Readonly<Record<string, string>> = {
  "23505": "unique_violation",
  "42710": "duplicate_object",
  XX000: "internal_error", // tuple concurrently updated
};

function failureOf(error: unknown): Failure | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  if (error instanceof MayHaveCommitted) return { name: error.code, ...unknown };
  const code = String(error.code);
  const rest = /^[0-9A-Z]{5}$/.test(code) ? CLASSES[code.slice(0, 2)] : undefined;
  return SQLSTATES[code] ?? CLIENT_CODES[code] ?? rest ?? null;
}

/** What may be done after an error of the database; `never` after every other one. */
export function classifyFailure(error: unknown): FailureClass {
  return failureOf(error)?.kind ?? "never";
}

/** Whether an error says that the session is gone, or could not begin. */
export function isConnectionLost(error: unknown): boolean {
  return failureOf(error)?.isConnectionLost === true;
}
