const COMMA = Buffer.from(",");

/** JSON texts with commas between them, as buffers to concatenate. */
export function joinRows(rows: readonly Buffer[]): Buffer[] {
  return rows.flatMap((row, index) => (index === 0 ? [row] : [COMMA, row]));
}
