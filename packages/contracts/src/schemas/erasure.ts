import { z } from "zod";
import { ERASURE_REASONS, ERASURE_STATES } from "../catalogue/erasures.ts";
import { namedPersonSchema } from "./merge.ts";
import { nextCursor } from "./paging.ts";
import { instantOut, note, requiredText, uuid } from "./primitives.ts";

const count = z.int().min(0);
const person = namedPersonSchema.meta(
  note("被删除的人；须按依据文件填写", "who is erased, as the document has it; never taken over from an answer"),
);

export const erasureRequestSchema = z.strictObject({
  practitioner: person,
  reason: z
    .enum(ERASURE_REASONS)
    .meta(note("《个人信息保护法》第四十七条第一款各项", "a case of PIPL, art. 47, first paragraph")),
  document: requiredText(200).meta(note("依据文件，勿写姓名与号码", "what it rests on; without name and id")),
  basis: requiredText(400).meta(
    note(
      "台账分录得以留存的规定（第四十七条第二款）",
      "the provision under which the entries stay (PIPL, art. 47, second paragraph)",
    ),
  ),
});
export type ErasureRequest = z.output<typeof erasureRequestSchema>;

export const erasureApplyRequestSchema = z.strictObject({ practitioner: person });

const preview = z.strictObject({
  people: count.meta(note("本人及已并入本人的号码", "the person, and the ids that are merged into the person")),
  records: count,
  entries: count.meta(note("将留存的分录", "entries, which stay")),
  pages: count.meta(note("要逐一查看的原始页", "pages of rows as they came, to be looked through")),
  uploads: count.meta(note("要逐一查看的上传文件", "uploaded files, to be looked through")),
  named: z
    .array(z.strictObject({ table: z.string(), rows: count }))
    .meta(
      note(
        "只增不改的文字中写有其姓名或号码的，不能清除",
        "append-only texts that hold the name or the id, which cannot be cleared",
      ),
    ),
});

export const erasureSchema = z
  .strictObject({
    erasureId: uuid,
    state: z.enum(ERASURE_STATES),
    message: z.string(),
    reason: z.enum(ERASURE_REASONS),
    reasonMessage: z.string(),
    document: z.string(),
    basis: z.string(),
    needsSecondHolder: z.boolean().meta(note("须由另一位经办人执行", "another holder must apply it")),
    proposedBy: z.string(),
    proposedAt: instantOut,
    decidedBy: z.string().nullable().meta(note("执行或取消的人", "who applied or cancelled it")),
    decidedAt: instantOut.nullable(),
    endedAt: instantOut.nullable(),
    preview: preview.meta(note("提出时所见", "as it was when it was proposed")),
    step: z
      .enum(["pages", "uploads", "identity"])
      .nullable()
      .meta(note("正在清除什么", "what is being cleared; null where nothing is")),
    done: z
      .strictObject({
        pagesRead: count,
        pagesRewritten: count,
        pagesDestroyed: count,
        rowsErased: count,
        uploadsRead: count,
        uploadsDestroyed: count,
      })
      .meta(note("已清除的", "what was cleared so far")),
  })
  .meta(note("一项删除；不含是谁", "an erasure; it does not say of whom"));
export type ErasureResponse = z.output<typeof erasureSchema>;

export const erasuresResponseSchema = z.strictObject({ erasures: z.array(erasureSchema), nextCursor });

export const erasureParams = z.strictObject({ erasureId: uuid });
