import { RECORD_STATES } from "@xueshi/domain";
import { z } from "zod";
import { balancesResponseSchema, entrySchema } from "./person.ts";
import { hoursOut, instantOut, note, uuid } from "./primitives.ts";
import { checkpointSchema } from "./proof.ts";
import { verdictResponseSchema } from "./verdict.ts";

/** The same in both languages: the file is read by people who may not be asked again. */
const explanation = z.strictObject({ "zh-CN": z.string(), en: z.string() });

const personLine = z.strictObject({
  kind: z.literal("person"),
  practitionerId: uuid,
  knownAt: instantOut.meta(note("截止时刻", "as of when")),
  cut: z.strictObject({ sequence: z.int().min(0), head: z.string() }),
  nameKnown: z.boolean().meta(note("是否已确认姓名", "whether the person is known by a name")),
  checkpoint: checkpointSchema.nullable().meta(note("最近的检查点", "the newest checkpoint; null: there is none")),
});

const recordLine = z.strictObject({
  kind: z.literal("record"),
  source: z.string(),
  recordId: z.string(),
  platform: z.string(),
  state: z.enum(RECORD_STATES),
  code: z.string().nullable(),
  explanation,
  hours: hoursOut.nullable(),
  subject: z.string().nullable(),
  year: z.int().nullable(),
  obtainedOn: z.string().nullable(),
});

const balanceLine = z.strictObject({
  kind: z.literal("balance"),
  ...balancesResponseSchema.shape.balances.element.shape,
});

const entryLine = z.strictObject({
  kind: z.literal("entry"),
  entry: entrySchema,
  note: z
    .string()
    .nullable()
    .meta(note("经办人或来源所述的理由", "the reason in words, as an operator or source gave it")),
  explanation,
  proof: z
    .string()
    .nullable()
    .meta(
      note("证明此分录在检查点之内的地址", "where the proof is that the checkpoint covers it; null: none does yet"),
    ),
});

const verdictLine = z.strictObject({
  kind: z.literal("verdict"),
  verdictId: z.string(),
  keptAt: instantOut,
  keptBy: z.string().nullable().meta(note("何人保存", "who kept it")),
  answer: verdictResponseSchema,
});

const accessLine = z.strictObject({
  kind: z.literal("access"),
  accessedAt: instantOut,
  by: z.string().nullable().meta(note("何人查阅；密钥已不存者为 null", "who read; null: the key is gone")),
  keyId: uuid,
  purpose: z.string(),
  requestId: z.string(),
});

const endLine = z.strictObject({
  kind: z.literal("end"),
  counts: z.record(z.string(), z.int()).meta(note("各类的行数", "lines of each kind")),
});

/** A line of the export of one person; the last one is `end`, without it the answer was cut off. */
export const personExportLineSchema = z.discriminatedUnion("kind", [
  personLine,
  recordLine,
  balanceLine,
  entryLine,
  verdictLine,
  accessLine,
  endLine,
]);
export type PersonExportLine = z.output<typeof personExportLineSchema>;
