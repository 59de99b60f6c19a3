import type { Transaction } from "./connect.ts";
import type { RowWriter } from "./row-writer.ts";

/** Fewer rows are as quick by a statement that is prepared. */
export const COPIED_ROWS_MIN = 100;

/**
 * Adds rows by COPY … FROM STDIN, sent behind the statement without waiting for the server to ask for them: one round trip,
 * which what the caller sends beside it shares. The server answers when all of them are in, or with what it refuses.
 * @param target the table with its columns, `schema.table (column, …)`
 */
export function copyIn(tx: Transaction, target: string, rows: RowWriter): Promise<void> {
  return copyBytes(tx, `COPY ${target} FROM STDIN (FORMAT binary)`, rows.finish());
}

/** The same of rows as the statement wants them. */
export async function copyBytes(tx: Transaction, statement: string, copied: Buffer): Promise<void> {
  // The driver knows `copied` by our patch.
  const options: { readonly prepare: false; readonly copied: Buffer } = { prepare: false, copied };
  await tx.unsafe(statement, [], options).execute();
}
