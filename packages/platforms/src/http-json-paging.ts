import { z } from "zod";
import { keyInBody } from "./http-json-place.ts";

const parameter = z.string().min(1);
const rowsPerPage = z.int().min(1).max(10_000);

/** How often a listing without positions is read at most until it came twice the same. */
const passesMax = z.int().min(2).max(10).default(4);
/**
 * Whether the platform lists equal rows more than once by itself. Otherwise a row that came twice while the pages were
 * read means that rows moved between them, and another may have been missed.
 */
const rowsRepeat = z.boolean().default(false);

/** Pages from an update time (inclusive), ordered by it; `total` counts the rows from there on. */
const pageByUpdateTime = z
  .object({
    kind: z.literal("page-by-update-time"),
    updatedFromParameter: parameter,
    pageIndexParameter: parameter,
    pageSizeParameter: parameter,
    total: keyInBody,
    rowsPerPage,
    updatedFromFirst: z.string().min(1),
    /** The next pull starts this long before the last update time: rows that a platform commits late are met again. */
    overlapSeconds: z.int().min(0).max(86_400),
    /**
     * How far the overlap may grow by what measured lateness teaches; once a day a pull looks back as far, to measure it.
     * Absent: the overlap stays as it is.
     */
    overlapSecondsMax: z.int().min(0).max(2_592_000).optional(),
  })
  .readonly();

/** Pages behind an opaque cursor that each answer gives for the next one, and for the next pull. */
const cursor = z
  .object({
    kind: z.literal("cursor"),
    cursorParameter: parameter,
    limitParameter: parameter,
    nextCursor: keyInBody,
    hasMore: keyInBody,
    rowsPerPage,
  })
  .readonly();

/**
 * Pages by their number, or by the number of rows before them, of a listing that knows no position to come back to: each
 * pull reads all of it, at least twice (see `pull-snapshot.ts` for what that proves).
 */
const page = z
  .object({
    kind: z.literal("page"),
    indexParameter: parameter,
    /** What the index counts: pages of the size that is asked for, or the rows before the page (an offset). */
    indexCounts: z.enum(["pages", "rows"]).default("pages"),
    indexFirst: z.union([z.literal(0), z.literal(1)]),
    pageSizeParameter: parameter,
    rowsPerPage,
    /** The number of all rows; null: not said. */
    total: keyInBody.nullable().default(null),
    /** True while there are more rows; null: not said. */
    hasMore: keyInBody.nullable().default(null),
    passesMax,
    rowsRepeat,
  })
  .readonly();

/**
 * Where the next pull begins: `none`, at the first page, reading all as for pages by number; `last-link`, at the link of
 * the last page, for links that lead by a key and not by a position; `link-in-body`, at a link that the last page gives
 * for that (as OData's delta link).
 */
const resume = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }).readonly(),
  z.object({ kind: z.literal("last-link") }).readonly(),
  z.object({ kind: z.literal("link-in-body"), link: keyInBody }).readonly(),
]);

/** Pages that each lead to the next by a link, of the platform's own address only. */
const link = z
  .object({
    kind: z.literal("link"),
    /** Where the body has the next link; null: the Link header has it, as rel="next" (RFC 8288). */
    next: keyInBody.nullable().default(null),
    /** Asks the first page for so many rows; null: pages are as long as the platform likes. */
    pageSize: z.object({ parameter, rows: rowsPerPage }).readonly().nullable().default(null),
    /** Whether each page but the last has that many rows: a shorter one is then asked for again. */
    pagesAreFull: z.boolean().default(false),
    /** The number of all rows; null: not said. */
    total: keyInBody.nullable().default(null),
    resume: resume.default({ kind: "none" }),
    passesMax,
    rowsRepeat,
  })
  .refine(({ pageSize, pagesAreFull }) => pageSize !== null || !pagesAreFull, {
    path: ["pagesAreFull"],
    message: "Pages of no stated size are never known to be full.",
  })
  .refine(({ total, resume: { kind } }) => total === null || kind === "none", {
    path: ["total"],
    message: "A total is of the whole listing, and a pull that resumes reads the rest of it.",
  })
  .readonly();

/** How a list comes in pieces. */
export const pagingSchema = z.discriminatedUnion("kind", [pageByUpdateTime, cursor, page, link]);

export type PageByUpdateTime = z.infer<typeof pageByUpdateTime>;
export type CursorPaging = z.infer<typeof cursor>;
export type PagePaging = z.infer<typeof page>;
export type LinkPaging = z.infer<typeof link>;
