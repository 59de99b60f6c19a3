import { HttpProblem } from "./http-problem.ts";

/**
 * Codes under which the database is not there, is overloaded or gave up, rather than being asked something wrong:
 * Node's socket errors, those of the client, and SQLSTATE classes (PostgreSQL, appendix A).
 */
const UNAVAILABLE = [
  /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOST|ENET|EAI_)/,
  /^CONNECT(?:ION)?_/,
  /^(?:08|28|53|57|58)/, // connection, log-in, insufficient resources, operator intervention, system error
  /^(?:40001|40P01|55P03|25006)$/, // serialization, deadlock, lock not available, read-only after a failover
];

/** What to answer for an error of the database: `service_unavailable` where trying again may help, else itself. */
export function databaseProblem(error: unknown): unknown {
  if (error instanceof HttpProblem || !(error instanceof Error) || !("code" in error)) return error;
  const code = String(error.code);
  return UNAVAILABLE.some((pattern) => pattern.test(code)) ? unavailable(error) : error;
}

/** The answer while something that an answer needs is not there; `cause` is logged and never sent. */
export function unavailable(cause: unknown): HttpProblem {
  return new HttpProblem("service_unavailable", { cause, headers: { "Retry-After": "1" } });
}
