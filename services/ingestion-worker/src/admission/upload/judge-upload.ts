import type { Language } from "@xueshi/contracts";
import type { AdmissionContext } from "@xueshi/domain";
import { type JudgedPush, judgePush } from "../judge-push.ts";
import { readUploadRows, UploadFault } from "./read-upload-rows.ts";
import { type ColumnPlaces, readHeader, roundedColumns, toPushedRecord, type WrongHeader } from "./upload-columns.ts";

/** Rows that are judged, and stored, together: the same ones each time the file is read. */
export interface UploadPart extends JudgedPush {
  readonly part: number;
  readonly rowNumbers: readonly number[];
  /** The records as a push would have sent them. */
  readonly records: readonly unknown[];
  /** By the place of a row: the headers under which its number has lost digits. */
  readonly rounded: ReadonlyMap<number, readonly string[]>;
}

export interface UploadToJudge {
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly charset: string | null;
  readonly source: string;
  readonly receivedAtMs: number;
  readonly language: Language;
}

export interface UploadBounds {
  readonly rowsPerPart: number;
  readonly rowsMax: number;
}

/** Titles may stand above the header. */
const ROWS_ABOVE_HEADER_MAX = 10;

/** A header that cannot be gone by; the columns are headers of the template. */
export class HeaderFault extends UploadFault {
  readonly header: WrongHeader;
  constructor(header: WrongHeader) {
    super(header.problem === "missing" ? "header_missing" : "header_repeated");
    this.header = header;
  }
}

/** Reads a file from its beginning and judges its rows, part by part. Throws {@link UploadFault}. */
export async function* judgeUpload(
  upload: UploadToJudge,
  bounds: UploadBounds,
  admission: AdmissionContext,
): AsyncGenerator<UploadPart, void, undefined> {
  const { rowsPerPart, rowsMax } = bounds;
  let places: ColumnPlaces | null = null;
  let rowsAbove = 0;
  let rowsSeen = 0;
  let part = 0;
  let rowNumbers: number[] = [];
  let records: unknown[] = [];
  let rounded = new Map<number, readonly string[]>();
  const cut = (): UploadPart => {
    const elements = records.map((value) => ({ value }));
    const judged = { ...judgePush(elements, upload, admission), part, rowNumbers, records, rounded };
    part += 1;
    rowNumbers = [];
    records = [];
    rounded = new Map();
    return judged;
  };
  for await (const group of readUploadRows(upload.bytes, { ...upload, rowsMax })) {
    for (const { rowNumber, cells } of group) {
      if (places === null) {
        const header = readHeader(cells);
        if (header !== null && "problem" in header) throw new HeaderFault(header);
        places = header;
        rowsAbove += 1;
        if (places === null && rowsAbove >= ROWS_ABOVE_HEADER_MAX) throw new UploadFault("header_missing");
        continue;
      }
      rowsSeen += 1;
      if (rowsSeen > rowsMax) throw new UploadFault("file_too_large");
      const lost = roundedColumns(cells, places);
      if (lost.length > 0) rounded.set(records.length, lost);
      rowNumbers.push(rowNumber);
      records.push(toPushedRecord(cells, places));
      if (records.length >= rowsPerPart) yield cut();
    }
  }
  if (places === null) throw new UploadFault("header_missing");
  if (rowsSeen === 0) throw new UploadFault("rows_missing");
  if (records.length > 0) yield cut();
}
