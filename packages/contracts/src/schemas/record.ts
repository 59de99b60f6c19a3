import { ID_TYPES, SUBJECTS } from "@xueshi/domain";
import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { issue, note, requiredText, text } from "./primitives.ts";

/** Status words of a pushed record; the words of the platforms are mapped by their own folders. */
const PUSHED_STATUSES = ["draft", "submitted", "final", "withdrawn"] as const;

/**
 * One pushed record, by shape only: what the id, the hours and the dates say is judged by admission, by the same rules
 * as for pulled rows, so texts stay as they came.
 */
export const recordSchema = z
  .strictObject({
    recordId: requiredText(128).meta(
      note("来源自己的记录号；与来源一起确定一条记录", "the source's own id; with the source it names the record"),
    ),
    revision: z.int().min(0).max(1_000_000_000).optional(),
    practitioner: z.strictObject({ idType: z.enum(ID_TYPES), idNumber: text(64), name: text(64) }),
    title: requiredText(512),
    provider: text(256).nullish(),
    hours: z.union([z.number(), text(32)]).meta(note("大于 0，至多两位小数", "more than 0, at most two decimals")),
    subject: z.enum(SUBJECTS).nullish(),
    subjectCode: text(64)
      .nullish()
      .meta(note("代替 subject：来源自己的科目代码", "instead of subject: a code of the source's own table")),
    obtainedOn: text(40).meta({
      ...note("日期，或带时区的时刻", "date, or instant with zone"),
      examples: ["2020-03-02"],
    }),
    studiedFrom: text(40).nullish(),
    studiedUntil: text(40).nullish(),
    attributedYear: z.union([z.number(), text(16)]).nullish(),
    pathway: text(64)
      .nullish()
      .meta({ examples: ["online"] }),
    assessedOn: text(40)
      .nullish()
      .meta(note("考核合格之日；未考核则不填", "when the assessment was passed; left out where there was none")),
    status: z
      .string()
      .max(32)
      .optional()
      .meta(note(`${PUSHED_STATUSES.join(" | ")}；默认 final`, `${PUSHED_STATUSES.join(" | ")}; default final`)),
    updateTime: text(40)
      .nullish()
      .meta(note("用于区分版本先后；默认到达时间", "decides between versions; default the arrival")),
  })
  .superRefine((value, context) => {
    if (typeof value.subject === "string" && typeof value.subjectCode === "string") {
      context.addIssue(issue("not_together", ["subjectCode"], { other: "subject" }));
    }
  });
export type PushedRecord = z.output<typeof recordSchema>;

/** The envelope of a push. Records are validated one by one afterwards, so that a bad one does not stop the others. */
export const recordsRequestSchema = z.strictObject({
  records: z.array(z.unknown()).min(1).max(LIMITS.recordsPerRequestMax),
});
export type RecordsRequest = z.output<typeof recordsRequestSchema>;

/** The same envelope with its records spelt out, for the document. */
export const recordsRequestDocument = z.strictObject({
  records: z.array(recordSchema).min(1).max(LIMITS.recordsPerRequestMax),
});

/** Which receipts of a push are sent: every one, only those that need attention, or none. The summary counts all of them. */
const RECEIPT_CHOICES = ["all", "problems", "none"] as const;
export type ReceiptChoice = (typeof RECEIPT_CHOICES)[number];

export const pushQuery = z.strictObject({
  receipts: z
    .enum(RECEIPT_CHOICES)
    .optional()
    .meta(
      note(
        "只用于 NDJSON：all（默认）、problems（只发未接收、暂挂、版本冲突的）或 none。发送完毕才读回执的程序请用 problems 或 none",
        "NDJSON only: all (default), problems (only refused, held and conflict) or none. A program that reads no receipt before it has sent everything must use problems or none",
      ),
    ),
});

/** Body of a withdrawal. The reason is shown to whoever reads the record. */
export const withdrawalRequestSchema = z.strictObject({
  reason: requiredText(200),
  updateTime: text(40).nullish(),
});
export type WithdrawalRequest = z.output<typeof withdrawalRequestSchema>;
