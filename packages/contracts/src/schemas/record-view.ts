import { FLAGS, RECORD_STATES } from "@xueshi/domain";
import { z } from "zod";
import { countsInsteadSchema } from "./counts-instead.ts";
import { hoursOut, instantOut, note } from "./primitives.ts";

const VERSION_STATUSES = ["final", "pending", "withdrawn"] as const;

const refusedOrHeld = z.strictObject({
  code: z.string(),
  message: z.string(),
  updateTime: instantOut.nullable(),
  receivedAt: instantOut,
});

/** What became of one record of a source, and what it does for its person; nothing in it says who that is. */
export const recordResponseSchema = z.strictObject({
  source: z.string(),
  recordId: z.string(),
  state: z
    .enum(RECORD_STATES)
    .nullable()
    .meta(note("尚未入账，或只有被拒的内容时为 null", "null while it waits to be posted, or when it was only refused")),
  isPending: z.boolean().meta(note("有内容正待入账", "something of it waits to be posted")),
  counts: z.boolean().meta(note("是否为已登记、可计入的学时", "whether its hours are registered and can count")),
  code: z
    .string()
    .nullable()
    .meta(
      note("不计入的原因；可计入或正待入账时为 null", "why it does not count; null where it can or waits to be posted"),
    ),
  message: z.string(),
  hours: hoursOut.nullable(),
  subject: z.string().nullable(),
  subjectTrace: z.string().nullable().meta(note("科目由来", "how the subject was found")),
  year: z.int().nullable(),
  obtainedOn: z.string().nullable(),
  platform: z.string().nullable().meta(note("登记所属平台", "the platform of record that it registers for")),
  note: z.string().nullable(),
  flags: z.array(z.enum(FLAGS)),
  countsInstead: countsInsteadSchema
    .nullable()
    .meta(
      note(
        "重复时：计入的是哪一条，为何；属于另一来源的不指明",
        "of a duplicate: which record counts, and why; one of another source is not named",
      ),
    ),
  versions: z
    .array(
      z.strictObject({
        status: z.enum(VERSION_STATUSES),
        hours: hoursOut.nullable(),
        updateTime: instantOut,
        receivedAt: instantOut,
        isCurrent: z.boolean(),
      }),
    )
    .meta(note("新的在前", "newest first")),
  refusedRows: z.array(refusedOrHeld),
  heldRows: z.array(refusedOrHeld),
  hasMore: z.boolean().meta(note("还有更早的内容未列出", "older rows exist that are not listed")),
});
export type RecordResponse = z.output<typeof recordResponseSchema>;
