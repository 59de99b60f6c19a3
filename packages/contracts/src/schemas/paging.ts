import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { queryInteger } from "./primitives.ts";

/** Query parameters of every list: an opaque cursor and a page size. */
export const pageQueryShape = {
  cursor: z
    .string()
    .min(1)
    .max(LIMITS.cursorCharactersMax)
    .regex(/^[A-Za-z0-9_-]+$/)
    .optional()
    .meta({ description: "nextCursor of the page before, unchanged" }),
  limit: queryInteger(1, LIMITS.pageSizeMax)
    .optional()
    .meta({ description: `1–${LIMITS.pageSizeMax}, default ${LIMITS.pageSizeDefault}` }),
};

export const pageQuery = z.strictObject(pageQueryShape);
export type PageQuery = z.output<typeof pageQuery>;

/** Output only: where the next page begins, or null on the last one. */
export const nextCursor = z.string().nullable().meta({ description: "cursor of the next page; null on the last" });
