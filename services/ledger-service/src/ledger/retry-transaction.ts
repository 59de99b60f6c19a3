import type { Sql, Transaction } from "@xueshi/database";

/** SQLSTATEs after which the same transaction may simply be tried again (PostgreSQL, appendix A). */
const RETRYABLE = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
  "55P03", // lock_not_available
]);
const ATTEMPTS_MAX = 5;

/** Runs a transaction, again when the database says that only the moment was wrong; other errors pass through. */
export async function retryTransaction<T>(
  sql: Sql,
  run: (tx: Transaction) => Promise<T>,
  isolation: "read committed" | "repeatable read" = "read committed",
): Promise<T> {
  const isOrdinary = isolation === "read committed";
  const begin = () => (isOrdinary ? sql.begin(run) : sql.begin(`ISOLATION LEVEL ${isolation}`, run));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await begin()) as T;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (!RETRYABLE.has(code) || attempt >= ATTEMPTS_MAX) throw error;
    }
  }
}
