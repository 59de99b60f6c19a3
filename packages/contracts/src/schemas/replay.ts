import { z } from "zod";
import { REPLAY_CODES } from "../catalogue/replays.ts";
import { LIMITS } from "../limits.ts";
import { instantOut, note, verdictIdText } from "./primitives.ts";

const anything = z.unknown();

/** What a kept verdict comes to when it is decided again at its cut. */
export const replayResponseSchema = z.strictObject({
  verdictId: verdictIdText,
  outcome: z
    .enum(["same", "different", "not_replayable"])
    .meta(note("same：与保存的完全相同", "same: the very decision that was kept")),
  code: z
    .enum(REPLAY_CODES)
    .nullable()
    .meta(note("不同或不能重算的首要原因", "the first reason why it is not the same")),
  message: z.string().nullable(),
  differences: z
    .array(
      z.strictObject({
        code: z.enum(REPLAY_CODES),
        path: z.string().meta(note("何处不同", "where, such as requirements[total].haveHundredths")),
        kept: anything.meta(note("保存的", "what was kept")),
        replayed: anything.meta(note("重算的", "what it is when decided again")),
      }),
    )
    .max(LIMITS.replayDifferencesMax),
  differencesTotal: z.int().min(0),
  sealed: z
    .boolean()
    .meta(
      note("是否带封印；早期保存的没有", "whether the row has a seal; those from before there were seals have none"),
    ),
  keptAt: instantOut,
  asOf: z.string().nullable().meta({ format: "date" }),
  knownAt: instantOut.nullable(),
  cut: z
    .strictObject({
      sequence: z.int(),
      head: z.string(),
      ruleSetDigest: z.string().nullable(),
      format: z.int(),
    })
    .nullable()
    .meta(note("结论的截点", "the cut of the verdict")),
  rules: z
    .array(z.strictObject({ id: z.string(), activatedAt: instantOut, digest: z.string() }))
    .nullable()
    .meta(note("当时查阅的规则", "the rule sets that were asked")),
});
export type ReplayResponse = z.output<typeof replayResponseSchema>;
