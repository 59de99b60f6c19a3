import { z } from "zod";
import { RULE_CHANGE_STATES } from "../catalogue/rule-changes.ts";
import { nextCursor } from "./paging.ts";
import { instantOut, note } from "./primitives.ts";

const count = z.int().min(0);

export const ruleChangesResponseSchema = z.strictObject({
  ruleChanges: z.array(
    z.strictObject({
      change: z.int().min(1).meta(note("从 1 起计", "counted from 1")),
      state: z.enum(RULE_CHANGE_STATES),
      message: z.string(),
      percent: z.int().min(0).max(100).meta(note("进度", "how far it is")),
      sources: z
        .array(z.string())
        .nullable()
        .meta(note("登记所属平台有变的来源；null 为全部", "sources that register elsewhere now; null: all")),
      people: count.meta(note("已核对的人数", "people who were looked at")),
      changed: count.meta(note("其中有入账的人数", "those of whom something was posted")),
      entries: count,
      startedAt: instantOut,
      endedAt: instantOut.nullable(),
    }),
  ),
  nextCursor,
});
export type RuleChangesResponse = z.output<typeof ruleChangesResponseSchema>;
