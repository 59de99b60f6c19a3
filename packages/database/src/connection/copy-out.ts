import type { Readable } from "node:stream";
import type { Sql, Transaction } from "./connect.ts";

/**
 * Streams what COPY … TO STDOUT gives. The driver stops the connection while a reader is slow and sets it going when more is
 * asked for; of a stream that ends while it is stopped nothing is asked any more, and every later statement would wait.
 * @param statement the caller answers for every value in it
 */
export async function copyOut(sql: Sql | Transaction, statement: string): Promise<Readable> {
  const stream = await (sql as Sql).unsafe(statement).readable();
  return stream.once("end", () => stream._read(0));
}
