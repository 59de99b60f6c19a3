import { VERDICT_REASONS } from "@xueshi/domain";
import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { instantOut, note, queryInteger, verdictIdText } from "./primitives.ts";

const POSITION_MAX = 2 ** 53 - 1;

export const changedVerdictsQuery = z.strictObject({
  since: queryInteger(0, POSITION_MAX)
    .optional()
    .meta(note("上次回答中的 next，默认 0", "next of the answer before; default 0")),
});

const outcome = z.enum(["met", "not_met"]);
const standing = z.strictObject({
  verdict: z.enum(["met", "not_met", "unknown"]),
  provisional: outcome.nullable(),
  reasons: z.array(z.enum(VERDICT_REASONS)),
});

export const changedVerdictsResponseSchema = z.strictObject({
  changes: z.array(
    z.strictObject({
      verdictId: verdictIdText,
      keptAt: instantOut,
      newest: z
        .boolean()
        .meta(note("是否为同一申报最近保存的结论", "whether it is the last one that was kept of this declaration")),
      was: standing,
      now: standing.meta(
        note("同一申报、同一 asOf，按现有账本与规则", "the same question by the ledger and the rules of today"),
      ),
      requirements: z
        .array(z.strictObject({ id: z.string(), was: outcome.nullable(), now: outcome.nullable() }))
        .meta(note("结果改变的要求", "the requirements whose outcome is another")),
      because: z.strictObject({
        entries: z
          .array(z.int())
          .max(LIMITS.changedVerdictEntriesMax)
          .meta(
            note("结论之后、使计入改变的分录序号", "sequences of the entries after it whose records stand otherwise"),
          ),
        untilSequence: z.int().meta(note("现在的末条分录", "the last entry now")),
        rules: z
          .array(z.strictObject({ id: z.string(), version: z.string(), digest: z.string() }))
          .meta(note("此后启用的规则", "rule sets that were activated since")),
      }),
    }),
  ),
  next: z.int().min(0).meta(note("下次的 since", "since of the next request")),
  rules: z
    .string()
    .meta(
      note(
        "全部现行规则的摘要；与上次回答不同时，请从 0 重新查找",
        "digest of all rule sets in force; where it is another than in the answer before, begin again at 0",
      ),
    ),
  isAtEnd: z.boolean().meta(note("此刻没有更多", "whether there was nothing more at this moment")),
});
export type ChangedVerdictsResponse = z.output<typeof changedVerdictsResponseSchema>;
