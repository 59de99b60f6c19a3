import { z } from "zod";

/** A table or column; Chinese names are common in such tables. Quoted in every statement. */
const identifier = z.string().regex(/^[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]{0,62}$/u);
const markValue = z.union([z.string().max(64), z.int(), z.null()]);

/** Rows in order of when the other side last wrote them, from the last one read on. */
const byUpdateTime = z
  .object({
    kind: z.literal("by-update-time"),
    /** When the other side wrote the row. Rows without one are read each time, and refused as such. */
    updateTimeColumn: identifier,
    /** Tells rows of one update time apart; unique, not null. */
    idColumn: identifier,
    /** The next pull begins this long before the last update time: rows that were committed late are met again. */
    overlapSeconds: z.int().min(0).max(2_592_000),
    /** How far the overlap may grow by measured lateness; absent: it stays as it is. */
    overlapSecondsMax: z.int().min(0).max(2_592_000).optional(),
  })
  .readonly();

/** Rows that nobody took yet; each is marked once it is stored here. */
const markAsTaken = z
  .object({
    kind: z.literal("mark-as-taken"),
    /** Unique, not null. */
    idColumn: identifier,
    markColumn: identifier,
    pendingValue: markValue,
    takenValue: markValue,
    /** Gets the time of the marking, where there is such a column. */
    takenAtColumn: identifier.nullable(),
  })
  .readonly();

/** A table of a staging database (前置库) that the platform's side fills and this side reads. */
export const sqlConnectionSchema = z
  .object({
    transport: z.literal("sql"),
    dialect: z.enum(["postgresql", "mysql"]),
    /** Null: that of the database's own settings. */
    schema: identifier.nullable(),
    table: identifier,
    /** What is read of each row; every value reaches the mapping as text, times in Asia/Shanghai, or as null. */
    columns: z.array(identifier).min(1).max(200).readonly(),
    /** Columns of date and time of which only the date is meant. */
    dateColumns: z.array(identifier).readonly(),
    /** A row with a longer text is refused. */
    textCharactersMax: z.int().min(1).max(16_384).default(4_000),
    read: z.discriminatedUnion("kind", [byUpdateTime, markAsTaken]),
    rowsPerPage: z.int().min(1).max(10_000),
    pagesMax: z.int().min(1),
    statementTimeoutMs: z.int().min(1).max(600_000),
  })
  .readonly();

export type SqlConnection = z.output<typeof sqlConnectionSchema>;
export type SqlConnectionSettings = z.input<typeof sqlConnectionSchema>;
export type SqlByUpdateTime = z.infer<typeof byUpdateTime>;
export type SqlMarkAsTaken = z.infer<typeof markAsTaken>;
