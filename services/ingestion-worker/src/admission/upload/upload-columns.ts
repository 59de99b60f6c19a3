/** A column of the template: its header, the field of a pushed record that it fills, and what the template says of it. */
export interface UploadColumn {
  readonly header: string;
  /** Path in a pushed record; null: only for people. */
  readonly field: string | null;
  readonly isRequired: boolean;
  readonly widthCharacters: number;
  readonly explanation: string;
  readonly example: string;
}

/** The columns of 继续教育学时模板, in its order; a file may have them in any. */
export const UPLOAD_COLUMNS: readonly UploadColumn[] = [
  column("记录号", "recordId", true, 18, "本单位自己的记录号，不重复；再次上传同一记录号即为更正", "KC2020-0001"),
  column(
    "身份证号",
    "practitioner.idNumber",
    true,
    22,
    "18 位（或 15 位）居民身份证号码，单元格须为文本格式",
    "330899199001010036",
  ),
  column("姓名", "practitioner.name", true, 12, "与身份证一致", "张三"),
  column("培训项目", "title", true, 36, "培训或课程名称", "工程测量新技术"),
  column("培训机构", "provider", true, 24, "举办培训的单位", "某培训中心"),
  column("学时", "hours", true, 8, "大于 0，至多两位小数", "8"),
  column("科目类别", "subject", true, 14, "专业科目、行业公需、一般公需，或本单位自己的科目代码", "专业科目"),
  column("结束日期", "obtainedOn", true, 14, "获得学时的日期，形如 2020-03-02", "2020-03-02"),
  column("开始日期", "studiedFrom", false, 14, "可不填", "2020-03-01"),
  column("年度", "attributedYear", false, 8, "学时所属年度；不填则为结束日期的年份", "2020"),
  column("途径", "pathway", false, 10, "面授、网络等；可不填", "面授"),
  column("备注", null, false, 20, "不上报", ""),
];

function column(
  header: string,
  field: string | null,
  isRequired: boolean,
  widthCharacters: number,
  explanation: string,
  example: string,
): UploadColumn {
  return { header, field, isRequired, widthCharacters, explanation, example };
}

/** Words of 科目类别; whatever else stands there is a code of the source's own table. */
const SUBJECT_WORDS: Readonly<Record<string, string>> = {
  专业科目: "professional",
  专业课: "professional",
  行业公需: "industry_common",
  行业公需科目: "industry_common",
  一般公需: "general_common",
  一般公需科目: "general_common",
};

/** Where the columns of a file stand: header → place. */
export type ColumnPlaces = ReadonlyMap<string, number>;

/** What is wrong with a header: required columns that are missing, or columns that are there more than once. */
export interface WrongHeader {
  readonly problem: "missing" | "repeated";
  readonly columns: readonly string[];
}

/**
 * The places of the columns by a row of headers; null when it is none, as a title above them.
 * @returns what is wrong with it, where most of the required columns are there
 */
export function readHeader(cells: readonly string[]): ColumnPlaces | WrongHeader | null {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [place, cell] of cells.entries()) {
    const header = cell.normalize("NFKC").replaceAll(/[\s*]/g, "");
    if (!UPLOAD_COLUMNS.some((one) => one.header === header)) continue;
    if (places.has(header)) repeated.add(header);
    else places.set(header, place);
  }
  const required = UPLOAD_COLUMNS.filter(({ isRequired }) => isRequired).map(({ header }) => header);
  const missing = required.filter((header) => !places.has(header));
  if (missing.length > required.length / 2) return null;
  if (missing.length > 0) return { problem: "missing", columns: missing };
  return repeated.size > 0 ? { problem: "repeated", columns: [...repeated] } : places;
}

/** How a number of more digits than a cell keeps is shown; no number that somebody was given looks so. */
const ROUNDED = /^[1-9](?:\.[0-9]+)?E\+[0-9]{2}$/i;

/** The headers under which a row has a number that has lost its last digits, where every digit counts. */
export function roundedColumns(cells: readonly string[], places: ColumnPlaces): readonly string[] {
  return ["记录号", "身份证号"].filter((header) => ROUNDED.test((cells[places.get(header) ?? -1] ?? "").trim()));
}

/** A row of a file as the record that a push would have sent; without its number where that was rounded. */
export function toPushedRecord(cells: readonly string[], places: ColumnPlaces): unknown {
  const textOf = (header: string): string => (cells[places.get(header) ?? -1] ?? "").trim();
  const optional = (header: string): string | null => {
    const text = textOf(header);
    return text === "" ? null : text;
  };
  const word = textOf("科目类别").normalize("NFKC");
  const subject = Object.hasOwn(SUBJECT_WORDS, word) ? SUBJECT_WORDS[word] : null;
  return {
    // Other records have lost the same digits: as one number they would be taken for one record.
    recordId: ROUNDED.test(textOf("记录号")) ? "" : textOf("记录号"),
    practitioner: { idType: "resident-id", idNumber: textOf("身份证号"), name: textOf("姓名") },
    title: textOf("培训项目"),
    provider: optional("培训机构"),
    hours: textOf("学时"),
    ...(subject === null ? { subjectCode: word } : { subject }),
    obtainedOn: textOf("结束日期"),
    studiedFrom: optional("开始日期"),
    attributedYear: optional("年度"),
    pathway: optional("途径"),
    status: "final",
  };
}

const COLUMN_OF_CODE: Readonly<Record<string, string>> = {
  id_invalid: "身份证号",
  erased: "身份证号",
  hours_invalid: "学时",
  date_invalid: "结束日期",
  year_invalid: "年度",
  identity_conflict: "姓名",
  person_unknown: "身份证号",
  record_repeated: "记录号",
};

/** The column that a refusal speaks of; "" for the row as a whole. */
export function columnOf(code: string, fieldPath: string | undefined): string {
  const byField = UPLOAD_COLUMNS.find(({ field }) => field !== null && field === fieldPath)?.header;
  if (byField !== undefined) return byField;
  if (fieldPath === "subjectCode") return "科目类别";
  return COLUMN_OF_CODE[code] ?? "";
}
