import { numberText, ownText, plainText, timeText } from "./cell-text.ts";
import type { Workbook } from "./read-workbook.ts";
import { readXml } from "./read-xml.ts";
import { SpreadsheetFault } from "./spreadsheet-fault.ts";
import type { TextStore } from "./text-store.ts";

export interface SheetRow {
  /** As the program shows it, from 1. */
  readonly rowNumber: number;
  /** From column A on; "" where a cell is empty. */
  readonly cells: readonly string[];
}

export interface SheetLimits {
  readonly rowsMax: number;
  readonly columnsMax: number;
  readonly cellCharactersMax: number;
}

/** As many rows as a sheet has. ECMA-376, 18.3.1.73, as the programs hold it. */
const ROW_NUMBER_MAX = 1_048_576;

/**
 * The rows of a sheet in groups, as its part is unpacked; rows without anything in them are left out, and so are
 * empty cells at the end of a row. Every value is
 * text: numbers as typed, dates as `yyyy-mm-dd`, of formulas what they last came to, errors as their sign (`#REF!`).
 * Throws {@link SpreadsheetFault}.
 */
export async function* readSheetRows(
  chunks: AsyncIterable<Uint8Array>,
  workbook: Workbook,
  limits: SheetLimits,
): AsyncGenerator<readonly SheetRow[], void, undefined> {
  const collector = new RowCollector(workbook, limits);
  const reading = readXml(chunks, collector);
  while ((await reading.next()).done !== true) {
    const rows = collector.take();
    if (rows.length > 0) yield rows;
  }
  const rest = collector.take();
  if (rest.length > 0) yield rest;
}

class RowCollector {
  readonly #workbook: Workbook;
  readonly #limits: SheetLimits;
  #rows: SheetRow[] = [];
  #count = 0;
  #rowNumber = 0;
  #cells: string[] = [];
  #column = -1;
  #type = "n";
  #style = 0;
  #value = "";
  #inline = "";
  #isInValue = false;
  #isInText = false;
  #phonetic = 0;

  constructor(workbook: Workbook, limits: SheetLimits) {
    this.#workbook = workbook;
    this.#limits = limits;
  }

  take(): SheetRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  readonly open = (name: string, attributes: Readonly<Record<string, string>>): void => {
    switch (name) {
      case "row":
        this.#openRow(attributes.r);
        break;
      case "c":
        this.#openCell(attributes);
        break;
      case "v":
        this.#isInValue = true;
        break;
      case "rPh":
        this.#phonetic += 1;
        break;
      case "t":
        this.#isInText = this.#phonetic === 0;
        break;
    }
  };

  readonly text = (piece: string): void => {
    if (this.#isInValue) this.#value += piece;
    else if (this.#isInText) this.#inline += piece;
    else return;
    if (this.#value.length + this.#inline.length > this.#limits.cellCharactersMax)
      throw new SpreadsheetFault("too_large");
  };

  readonly close = (name: string): void => {
    switch (name) {
      case "v":
        this.#isInValue = false;
        break;
      case "t":
        this.#isInText = false;
        break;
      case "rPh":
        this.#phonetic -= 1;
        break;
      case "c":
        this.#closeCell();
        break;
      case "row":
        this.#closeRow();
        break;
    }
  };

  #openRow(number: string | undefined): void {
    const next = number === undefined ? this.#rowNumber + 1 : Number(number);
    if (!Number.isInteger(next) || next <= this.#rowNumber || next > ROW_NUMBER_MAX)
      throw new SpreadsheetFault("malformed");
    this.#rowNumber = next;
    this.#cells = [];
    this.#column = -1;
  }

  #openCell({ r, t = "n", s = "0" }: Readonly<Record<string, string>>): void {
    this.#column = r === undefined ? this.#column + 1 : columnOf(r);
    this.#type = t;
    this.#style = Number(s);
    this.#value = "";
    this.#inline = "";
  }

  #closeCell(): void {
    const text = this.#cellText();
    // Programs write cells that only have a border, to the last column there is.
    if (text === "") return;
    if (this.#column >= this.#limits.columnsMax) throw new SpreadsheetFault("too_large");
    while (this.#cells.length < this.#column) this.#cells.push("");
    this.#cells[this.#column] = text;
  }

  #cellText(): string {
    const { texts, meanings, is1904 } = this.#workbook;
    const value = this.#value;
    switch (this.#type) {
      case "s":
        return value === "" ? "" : sharedText(texts, value);
      case "inlineStr":
        return ownText(plainText(this.#inline));
      case "b":
        return value === "1" ? "TRUE" : value === "0" ? "FALSE" : "";
      case "n":
        return meanings[this.#style] === "time" ? timeText(value, is1904) : numberText(value);
      case "d":
        return value.replace(/T00:00:00(\.0+)?$/, "").replace("T", " ");
      default:
        return ownText(plainText(value));
    }
  }

  #closeRow(): void {
    if (this.#cells.length === 0) return;
    this.#count += 1;
    if (this.#count > this.#limits.rowsMax) throw new SpreadsheetFault("too_large");
    this.#rows.push({ rowNumber: this.#rowNumber, cells: this.#cells });
  }
}

/** A text that is not there is no empty one: the cell said something, and nobody knows what. */
function sharedText(texts: TextStore, place: string): string {
  const text = texts.get(Number(place));
  if (text === null) throw new SpreadsheetFault("malformed");
  return text;
}

/** The place of a column by its letters: A is 0, AA is 26. */
function columnOf(reference: string): number {
  let column = 0;
  for (let index = 0; index < reference.length; index += 1) {
    const letter = reference.charCodeAt(index) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  if (column === 0 || column > 16_384) throw new SpreadsheetFault("malformed");
  return column - 1;
}
