import { z } from "zod";
import { UPLOAD_STATES } from "../catalogue/uploads.ts";
import { nextCursor } from "./paging.ts";
import { instantOut, note, uuid } from "./primitives.ts";

const count = z.int().min(0);

export const uploadSchema = z.strictObject({
  uploadId: uuid,
  state: z.enum(UPLOAD_STATES),
  reason: z.string().nullable(),
  message: z.string(),
  bytes: count,
  sha256: z.string(),
  rowsTotal: count.nullable().meta(note("检查完成前为 null", "null until it is checked")),
  rowsDone: count,
  percent: z.int().min(0).max(100).nullable().meta(note("接收进度", "how much of it is taken in")),
  counts: z
    .record(z.string(), count)
    .meta(
      note("有误的行、待确认的人员及各回执的数目", "rows that are wrong, people to be confirmed, receipts by outcome"),
    ),
  batches: z.array(uuid),
  receivedAt: instantOut,
  endedAt: instantOut.nullable(),
});
export type UploadResponse = z.output<typeof uploadSchema>;

export const uploadsResponseSchema = z.strictObject({ uploads: z.array(uploadSchema), nextCursor });

export const uploadFindingsResponseSchema = z.strictObject({
  findings: z.array(
    z.strictObject({
      row: z
        .int()
        .min(0)
        .meta(note("行号，与表格软件所示一致；0 为整个文件", "as a spreadsheet shows it; 0 is the whole file")),
      column: z.string().meta(note("列名；空为整行", "the column's header; empty is the whole row")),
      code: z.string(),
      message: z.string(),
    }),
  ),
  nextCursor,
});

export const uploadParams = z.strictObject({ uploadId: uuid });
export const uploadQuery = z.strictObject({
  mode: z
    .enum(["rows", "all-or-nothing"])
    .optional()
    .meta(
      note(
        "rows（默认）：有误的行略去；all-or-nothing：有误则全不接收",
        "rows (default): wrong rows are left out; all-or-nothing: one wrong row stops all",
      ),
    ),
  again: z.enum(["true"]).optional().meta(note("同一文件再次接收", "take the same file once more")),
});

export const confirmationRequestSchema = z.strictObject({
  unknownPeople: z
    .enum(["accept", "leave-out"])
    .meta(
      note("首次出现的人员：接收，或略去其各行", "people who are not known yet: take them, or leave their rows out"),
    ),
});
