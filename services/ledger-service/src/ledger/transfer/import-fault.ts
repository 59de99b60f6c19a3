/**
 * Why a file is not taken. `database_not_empty` and `database_in_use` are of the database, `schema_differs` of both; all
 * others are of the file, whose first bad line is named where it is one line.
 */
export type ImportFaultCode =
  | "chain_broken"
  | "checkpoint_differs"
  | "counts_differ"
  | "database_in_use"
  | "database_not_empty"
  | "digest_differs"
  | "file_cut_off"
  | "header_invalid"
  | "line_invalid"
  | "row_refused"
  | "schema_differs"
  | "signature_invalid";

export class ImportFault extends Error {
  readonly code: ImportFaultCode;
  /** From 1; null: it is no matter of one line. */
  readonly line: number | null;

  /** @param detail what is wrong, without any value of the line */
  constructor(code: ImportFaultCode, line: number | null, detail: string, options?: ErrorOptions) {
    super(line === null ? detail : `line ${line}: ${detail}`, options);
    this.code = code;
    this.line = line;
  }
}
