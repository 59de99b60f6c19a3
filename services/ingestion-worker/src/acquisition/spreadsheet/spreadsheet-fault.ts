/**
 * Why a file is no table that can be read: `too_large` (unpacked, or more cells than are taken), `encrypted`,
 * `malformed` (no zip, no workbook, broken XML, a document type), `sheet_missing`.
 */
export type SpreadsheetFaultCode = "too_large" | "encrypted" | "malformed" | "sheet_missing";

export class SpreadsheetFault extends Error {
  readonly code: SpreadsheetFaultCode;
  constructor(code: SpreadsheetFaultCode, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}
