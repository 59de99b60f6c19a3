import { z } from "zod";
import { uuid } from "./primitives.ts";

/** The form of the lines; another form gets another number. */
export const LEDGER_EXPORT_FORMAT = "xueshi-ledger-export/1";

/** Where the JSON Schema of the lines stands, below this package. */
export const LEDGER_EXPORT_SCHEMA_PATH = "ledger-export.schema.json";

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const counts = z.record(z.string(), count);

export const exportHeaderSchema = z.strictObject({
  header: z.strictObject({
    format: z.literal(LEDGER_EXPORT_FORMAT),
    scope: z
      .strictObject({ practitionerId: uuid })
      .nullable()
      .meta({ description: "null: the whole ledger; else one practitioner" }),
    origin: z.string().meta({ description: "the ledger's name in its checkpoints" }),
    schema: z
      .strictObject({ migrations: count, digest: sha256Hex })
      .meta({ description: "which migrations made the tables; an import needs the same" }),
    snapshotAt: z.iso.datetime(),
    checkpoint: z.string().meta({
      description: "the whole ledger in this snapshot: a checkpoint (auditing.md), signed where verifierKey is given",
    }),
    verifierKey: z.string().nullable(),
    counts: counts.meta({ description: "rows of each table that follow" }),
  }),
});
export type ExportHeader = z.output<typeof exportHeaderSchema>["header"];

export const exportTrailerSchema = z.strictObject({
  trailer: z.strictObject({
    lines: count.meta({ description: "lines before this one" }),
    counts,
    sha256: sha256Hex.meta({ description: "over all bytes before this line" }),
  }),
});
export type ExportTrailer = z.output<typeof exportTrailerSchema>["trailer"];

/**
 * The JSON Schema (draft 2020-12) of any line of an export.
 * @param rows the schema of the rows of each table
 * @param leftOut tables that no line holds, each with the reason
 */
export function ledgerExportJsonSchema(
  rows: Readonly<Record<string, object>>,
  leftOut: Readonly<Record<string, string>>,
): string {
  const plain = (schema: z.ZodType) => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "output", target: "draft-2020-12" });
    return rest;
  };
  const lines = Object.entries(rows).map(([table, row]) => ({
    type: "object",
    properties: { table: { const: table }, row },
    required: ["table", "row"],
    additionalProperties: false,
  }));
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `urn:xueshi:${LEDGER_EXPORT_FORMAT.replace("/", ":")}`,
    title: "A line of a ledger export",
    $comment: `Not in it: ${Object.entries(leftOut)
      .map(([table, why]) => `${table} (${why})`)
      .join("; ")}.`,
    oneOf: [plain(exportHeaderSchema), ...lines, plain(exportTrailerSchema)],
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
