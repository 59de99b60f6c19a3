import { openArchive } from "./open-archive.ts";
import { readSheetRows, type SheetRow } from "./read-sheet-rows.ts";
import { readWorkbook } from "./read-workbook.ts";
import { SpreadsheetFault } from "./spreadsheet-fault.ts";

export interface SpreadsheetLimits {
  /** Of the whole file, unpacked. */
  readonly bytesMax: number;
  readonly rowsMax: number;
}

const ENTRIES_MAX = 2_000;
const COLUMNS_MAX = 500;
const CELL_CHARACTERS_MAX = 32_767;
/** A sheet of 200,000 rows whose texts are all different has less than half of it. */
const TEXT_BYTES_MAX = 100_663_296;

/**
 * The rows of one sheet of an xlsx file (ECMA-376) that lies in memory, in groups; memory grows with the texts that its
 * cells share and not with its rows.
 * @param sheet the name of the sheet, or its place from 0
 * @throws SpreadsheetFault
 */
export async function* readSpreadsheet(
  bytes: Buffer,
  sheet: string | number,
  { bytesMax, rowsMax }: SpreadsheetLimits,
): AsyncGenerator<readonly SheetRow[], void, undefined> {
  const archive = await openArchive(bytes, { entriesMax: ENTRIES_MAX, bytesMax });
  const workbook = await readWorkbook(archive, TEXT_BYTES_MAX);
  const found = workbook.sheets.find(({ name }, index) =>
    typeof sheet === "number" ? index === sheet : name === sheet,
  );
  const chunks = found === undefined ? null : await archive.open(found.part);
  if (chunks === null) throw new SpreadsheetFault("sheet_missing");
  const limits = { rowsMax, columnsMax: COLUMNS_MAX, cellCharactersMax: CELL_CHARACTERS_MAX };
  yield* readSheetRows(chunks, workbook, limits);
}
