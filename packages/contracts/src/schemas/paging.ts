import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { note, queryInteger } from "./primitives.ts";

/** Query parameters of every list: an opaque cursor and a page size. */
export const pageQueryShape = {
  cursor: z
    .string()
    .min(1)
    .max(LIMITS.cursorCharactersMax)
    .regex(/^[A-Za-z0-9_-]+$/)
    .optional()
    .meta(note("上一页给出的 nextCursor，原样送回", "nextCursor of the page before, unchanged")),
  limit: queryInteger(1, LIMITS.pageSizeMax)
    .optional()
    .meta(
      note(
        `1–${LIMITS.pageSizeMax}，默认 ${LIMITS.pageSizeDefault}`,
        `1–${LIMITS.pageSizeMax}, default ${LIMITS.pageSizeDefault}`,
      ),
    ),
};

export const pageQuery = z.strictObject(pageQueryShape);
export type PageQuery = z.output<typeof pageQuery>;

/** Output only: where the next page begins, or null on the last one. */
export const nextCursor = z
  .string()
  .nullable()
  .meta(note("下一页的游标；末页为 null", "cursor of the next page; null on the last"));
