import { type TableColumns, type Transaction, writeRows } from "@xueshi/database";
import { ImportFault } from "./import-fault.ts";

/** Rows of one table that are written together. */
const ROWS_MAX = 1_000;
/** So many characters about, as a batch carries the receipts of a thousand rows. */
const CELLS_MAX = 200_000;

/** Collects rows of one table and writes them together; where the database refuses some, the first of them is named. */
export class RowBuffer {
  readonly #tx: Transaction;
  #table: TableColumns | null = null;
  #rows: { readonly row: object; readonly line: number }[] = [];
  #cells = 0;

  constructor(tx: Transaction) {
    this.#tx = tx;
  }

  /** Whether it should be written before more is added. */
  isFull(table: TableColumns): boolean {
    if (this.#rows.length === 0) return false;
    return this.#table !== table || this.#rows.length >= ROWS_MAX || this.#cells >= CELLS_MAX;
  }

  add(table: TableColumns, row: object, line: number): void {
    this.#table = table;
    this.#rows.push({ row, line });
    for (const value of Object.values(row)) this.#cells += Array.isArray(value) ? value.length : 1;
  }

  /** Throws `row_refused` with the first line that the database does not take. */
  async write(): Promise<void> {
    const [table, rows] = [this.#table, this.#rows];
    this.#rows = [];
    this.#cells = 0;
    if (table === null || rows.length === 0) return;
    const writeAll = (part: typeof rows) =>
      this.#tx.savepoint((tx) =>
        writeRows(
          tx,
          table,
          part.map(({ row }) => row),
        ),
      );
    try {
      await writeAll(rows);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      for (const one of rows) {
        await writeAll([one]).catch((cause: unknown) => {
          throw isRefusal(cause) ? new ImportFault("row_refused", one.line, refusalOf(cause), { cause }) : cause;
        });
      }
      throw error;
    }
  }
}

/** SQLSTATE classes of what is wrong with a row: data exceptions and violated constraints (PostgreSQL, appendix A). */
function isRefusal(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && "code" in error && /^2[23]/.test(String(error.code));
}

function refusalOf({ code }: { readonly code: string }): string {
  if (code === "23505") return "there is such a row already";
  return `the database does not take it (SQLSTATE ${code})`;
}
