import { finished } from "node:stream/promises";
import type { Transaction } from "./connect.ts";
import type { RowWriter } from "./row-writer.ts";

/** Fewer rows are quicker by a statement that is prepared and sent together with others: COPY waits for its turn to speak. */
export const COPIED_ROWS_MIN = 100;

/**
 * Runs writes of rows beside other statements where the rows are few, and behind those one after the other where they go by
 * COPY.
 * @param rows the most that one of the writes has
 * @param beside sends the other statements
 */
export async function writeBeside(
  rows: number,
  beside: () => readonly Promise<unknown>[],
  writes: readonly (() => Promise<void>)[],
): Promise<void> {
  if (rows < COPIED_ROWS_MIN) {
    await Promise.all([...beside(), ...writes.map((write) => write())]);
    return;
  }
  await Promise.all(beside());
  for (const write of writes) await write();
}

/**
 * Adds rows by COPY … FROM STDIN; the server answers when all of them are in, or with what it refuses. The connection takes
 * nothing else meanwhile: whoever calls sends no other statement of the transaction before this one has ended; see {@link writeBeside}. Nor is an
 * error of it to be swallowed: the transaction could not be committed any more, and the driver would not say so.
 * @param target the table with its columns, `schema.table (column, …)`
 */
export async function copyIn(tx: Transaction, target: string, rows: RowWriter): Promise<void> {
  const bytes = rows.finish();
  const stream = await tx.unsafe(`COPY ${target} FROM STDIN (FORMAT binary)`).writable();
  stream.end(bytes);
  await finished(stream);
}
