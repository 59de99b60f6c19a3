import { z } from "zod";

const headerRow = z.int().min(1).max(50).default(1);
/** Rows over which the header spans; where cells are merged, a column is named by the lowest text above it. */
const headerRows = z.int().min(1).max(5).default(1);

const csv = z
  .object({
    kind: z.literal("csv"),
    /** A mark at the beginning of a file (UTF-8, UTF-16) says more than this. */
    encoding: z.enum(["utf-8", "gbk", "gb18030"]),
    delimiter: z.enum([",", "\t", ";"]).default(","),
    /** Where the header stands, from 1; blank lines are none. Titles may stand above it. */
    headerRow,
    headerRows,
  })
  .readonly();

const xlsx = z
  .object({
    kind: z.literal("xlsx"),
    /** A sheet by its name, or by its place from 0. */
    sheet: z.union([z.string().min(1), z.int().min(0)]).default(0),
    /** As the program numbers rows. */
    headerRow,
    headerRows,
  })
  .readonly();

/** By what a file is known to have arrived whole. */
const arrival = z.discriminatedUnion("kind", [
  /** A sibling file of one line: the rows without the header, a space, SHA-256 of the bytes in hex. */
  z.object({ kind: z.literal("ready-line"), suffix: z.string().min(1) }).readonly(),
  /** One file of lines as sha256sum writes them: the digest, two spaces, the name. */
  z.object({ kind: z.literal("checksums"), file: z.string().min(1) }).readonly(),
  /** One JSON file that lists what belongs to the folder. */
  z
    .object({
      kind: z.literal("json-manifest"),
      file: z.string().min(1),
      /** Where the list is; empty: the file is the list. */
      list: z.array(z.string().min(1)).readonly(),
      nameField: z.string().min(1),
      sha256Field: z.string().min(1),
      /** Null: it does not say how many rows there are. */
      rowsField: z.string().min(1).nullable(),
    })
    .readonly(),
  /** Nothing says so: a file is whole once nobody has written to it for so long. */
  z.object({ kind: z.literal("settled"), seconds: z.int().min(1).max(86_400) }).readonly(),
]);

/** A folder of tables that another side fills. */
export const fileConnectionSchema = z
  .object({
    transport: z.literal("file"),
    namePattern: z.string().min(1),
    format: z.discriminatedUnion("kind", [csv, xlsx]),
    /** Tables in a zip; null: each file is a table. */
    entryPattern: z.string().min(1).nullable().default(null),
    arrival,
    columns: z.array(z.string().min(1)).min(1).readonly(),
    rowsPerPage: z.int().min(1).max(10_000),
    /** A file is read as a whole, so that nothing of a file that does not match is taken. */
    fileBytesMax: z.int().min(1).max(268_435_456),
    /** Of what a zip or a workbook unpacks to. */
    unpackedBytesMax: z.int().min(1).max(4_294_967_296).default(1_073_741_824),
    rowsMax: z.int().min(1).max(10_000_000).default(2_000_000),
    filesMax: z.int().min(1),
  })
  .readonly();

export type FileConnection = z.output<typeof fileConnectionSchema>;
export type FileConnectionSettings = z.input<typeof fileConnectionSchema>;
export type FileArrival = z.infer<typeof arrival>;
