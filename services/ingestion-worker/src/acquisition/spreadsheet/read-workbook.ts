import { plainText } from "./cell-text.ts";
import { type NumberMeaning, numberMeaning } from "./number-format.ts";
import type { Archive } from "./open-archive.ts";
import { readWholeXml } from "./read-xml.ts";
import { SpreadsheetFault } from "./spreadsheet-fault.ts";
import { TextStore } from "./text-store.ts";

export interface Workbook {
  /** Sheets in their order, with the name of their part in the archive. */
  readonly sheets: readonly { readonly name: string; readonly part: string }[];
  /** Whether days are counted from 1904. */
  readonly is1904: boolean;
  readonly texts: TextStore;
  /** What the number of a cell is, by the number of its style. */
  readonly meanings: readonly NumberMeaning[];
}

const ROOT_RELATIONS = "_rels/.rels";
/** Of a part that is kept whole; real ones have some kilobytes. */
const PART_BYTES_MAX = 16_777_216;
/** Of a text in any number of runs; a cell holds 32,767. */
const TEXT_CHARACTERS_MAX = 65_536;

/** Reads what a workbook says about its sheets; their rows are not touched. Rejects with {@link SpreadsheetFault}. */
export async function readWorkbook(archive: Archive, textBytesMax: number): Promise<Workbook> {
  const roots = await readRelations(archive, ROOT_RELATIONS, "");
  const workbookPart = roots.find(({ type }) => type === "officeDocument")?.part;
  if (workbookPart === undefined) throw new SpreadsheetFault("malformed");
  const folder = workbookPart.slice(0, workbookPart.lastIndexOf("/") + 1);
  const relationsPart = `${folder}_rels/${workbookPart.slice(folder.length)}.rels`;
  const relations = await readRelations(archive, relationsPart, folder);
  const partOf = (type: string) => relations.find((relation) => relation.type === type)?.part;
  const { named, is1904 } = await readSheetNames(archive, workbookPart);
  const sheets = named.flatMap(({ name, relationId }) => {
    const part = relations.find(({ id }) => id === relationId)?.part;
    return part === undefined ? [] : [{ name, part }];
  });
  return {
    sheets,
    is1904,
    texts: await readSharedTexts(archive, partOf("sharedStrings"), textBytesMax),
    meanings: await readMeanings(archive, partOf("styles")),
  };
}

interface Relation {
  readonly id: string;
  /** The last word of the type's address. */
  readonly type: string;
  readonly part: string;
}

async function readRelations(archive: Archive, part: string, folder: string): Promise<Relation[]> {
  const chunks = await archive.open(part, PART_BYTES_MAX);
  if (chunks === null) throw new SpreadsheetFault("malformed");
  const relations: Relation[] = [];
  await readWholeXml(chunks, {
    open: (name, { Id = "", Type = "", Target = "", TargetMode = "" }) => {
      if (name !== "Relationship" || TargetMode === "External") return;
      const path = Target.startsWith("/") ? Target.slice(1) : resolvePath(folder + Target);
      relations.push({ id: Id, type: Type.slice(Type.lastIndexOf("/") + 1), part: path });
    },
  });
  return relations;
}

function resolvePath(path: string): string {
  const steps: string[] = [];
  for (const step of path.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== ".") steps.push(step);
  }
  return steps.join("/");
}

async function readSheetNames(archive: Archive, part: string) {
  const chunks = await archive.open(part, PART_BYTES_MAX);
  if (chunks === null) throw new SpreadsheetFault("malformed");
  const named: { name: string; relationId: string }[] = [];
  let is1904 = false;
  await readWholeXml(chunks, {
    open: (name, attributes) => {
      if (name === "workbookPr") is1904 = isTrue(attributes.date1904);
      if (name === "sheet")
        named.push({ name: attributes.name ?? "", relationId: attributes["r:id"] ?? relationIdOf(attributes) });
    },
  });
  return { named, is1904 };
}

/** The relation's id under whatever prefix the program chose for its namespace. */
function relationIdOf(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes).find(([name]) => name.endsWith(":id"))?.[1] ?? "";
}

/** Texts that cells refer to by number. Of rich text its parts are joined; how it is read aloud (rPh) is left out. */
async function readSharedTexts(archive: Archive, part: string | undefined, bytesMax: number): Promise<TextStore> {
  const store = new TextStore(bytesMax);
  const chunks = part === undefined ? null : await archive.open(part);
  if (chunks === null) return store;
  let text = "";
  let isInText = false;
  let phonetic = 0;
  await readWholeXml(chunks, {
    open: (name) => {
      if (name === "si") text = "";
      if (name === "rPh") phonetic += 1;
      if (name === "t") isInText = phonetic === 0;
    },
    text: (piece) => {
      if (isInText) text += piece;
      if (text.length > TEXT_CHARACTERS_MAX) throw new SpreadsheetFault("too_large");
    },
    close: (name) => {
      if (name === "t") isInText = false;
      if (name === "rPh") phonetic -= 1;
      if (name === "si") store.add(plainText(text));
    },
  });
  return store;
}

async function readMeanings(archive: Archive, part: string | undefined): Promise<NumberMeaning[]> {
  const meanings: NumberMeaning[] = [];
  const chunks = part === undefined ? null : await archive.open(part, PART_BYTES_MAX);
  if (chunks === null) return meanings;
  const codes = new Map<number, string>();
  let isInCellFormats = false;
  await readWholeXml(chunks, {
    open: (name, { numFmtId = "0", formatCode = "" }) => {
      if (name === "numFmt") codes.set(Number(numFmtId), formatCode);
      if (name === "cellXfs") isInCellFormats = true;
      if (name === "xf" && isInCellFormats)
        meanings.push(numberMeaning(Number(numFmtId), codes.get(Number(numFmtId)) ?? null));
    },
    close: (name) => {
      if (name === "cellXfs") isInCellFormats = false;
    },
  });
  return meanings;
}

function isTrue(value: string | undefined): boolean {
  return value === "1" || value === "true";
}
