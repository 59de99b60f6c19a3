import { z } from "zod";
import { LIMITS } from "../limits.ts";
import { entrySchema } from "./person.ts";
import { note, queryInteger, uuid } from "./primitives.ts";

const POSITION_MAX = 2 ** 53 - 1;

export const feedQuery = z.strictObject({
  from: queryInteger(0, POSITION_MAX)
    .optional()
    .meta(note("上次回答中的 next；默认自头开始", "next of the answer before; default: where the feed begins")),
  limit: queryInteger(1, LIMITS.pageSizeMax)
    .optional()
    .meta(note(`1–${LIMITS.pageSizeMax}，默认 ${LIMITS.pageSizeDefault}`, `default ${LIMITS.pageSizeDefault}`)),
});

export const feedResponseSchema = z.strictObject({
  entries: z.array(
    z.strictObject({
      position: z.int().min(0).meta(note("全账序号，自 0 起，连续不变", "from 0, without gaps, for ever")),
      practitionerId: uuid,
      ...entrySchema.shape,
    }),
  ),
  next: z
    .int()
    .min(0)
    .meta(note("下次的 from；不可见的分录也已跳过", "from of the next request; what may not be seen is passed over")),
  oldest: z.int().min(0).meta(note("现仍提供的最早序号", "the first position that is still served")),
  isAtEnd: z.boolean().meta(note("此刻已读到末尾", "whether there was nothing more at this moment")),
});
export type FeedResponse = z.output<typeof feedResponseSchema>;
