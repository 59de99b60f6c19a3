import { z } from "zod";
import { instantOut, note } from "./primitives.ts";

const named = {
  source: z.string().nullable().meta(note("不可指明的为 null", "null where it must not be named")),
  recordId: z.string().nullable(),
};

/** Which record counts in the place of a duplicate, and why that one is the same achievement. */
export const countsInsteadSchema = z.strictObject({
  ...named,
  because: z
    .array(
      z.strictObject({
        by: z.enum(["rule", "operator"]).meta(note("按规则，或经办人认定", "by the rule, or as an operator said")),
        ...named,
        decisionId: z.string().nullable().meta(note("经办人的认定", "the operator's decision")),
        decidedAt: instantOut.nullable(),
        document: z.string().nullable(),
        message: z.string(),
      }),
    )
    .meta(
      note(
        "由重复的记录逐步到计入的记录，末项即计入的记录",
        "step by step from the duplicate to the record that counts, which is the last one",
      ),
    ),
});
export type CountsInsteadResponse = z.output<typeof countsInsteadSchema>;
