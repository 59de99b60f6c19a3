import { z } from "zod";

/** A folder of CSV files, each with a sibling that says how many rows it has and what its SHA-256 is. */
export const fileConnectionSchema = z
  .object({
    transport: z.literal("file"),
    namePattern: z.string().min(1),
    readySuffix: z.string().min(1),
    encoding: z.enum(["gb18030", "utf-8"]),
    columns: z.array(z.string().min(1)).min(1).readonly(),
    rowsPerPage: z.int().min(1).max(10_000),
    /** A file is read as a whole, so that nothing of a file that does not match is taken. */
    fileBytesMax: z.int().min(1).max(268_435_456),
    filesMax: z.int().min(1),
  })
  .readonly();

export type FileConnection = z.infer<typeof fileConnectionSchema>;
