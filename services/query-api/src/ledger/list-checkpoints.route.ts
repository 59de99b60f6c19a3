import { type CheckpointsResponse, encodeCursor, LIMITS, type listCheckpointsRoute } from "@xueshi/contracts";
import { readCheckpoints } from "@xueshi/database";
import type { Handler } from "@xueshi/http";
import { z } from "zod";
import { readListCursor } from "../access/list-cursor.ts";
import type { QueryContext } from "../query-context.ts";
import { presentCheckpoint } from "./present-checkpoint.ts";

const position = z.strictObject({ size: z.int().min(0), signedAtMs: z.int().min(0) });

/** Checkpoints, newest first. */
export function listCheckpoints({ sql }: QueryContext): Handler<typeof listCheckpointsRoute> {
  return async ({ query }, call) => {
    const before = readListCursor(query.cursor, position, call.language);
    const limit = query.limit ?? LIMITS.pageSizeDefault;
    const rows = await readCheckpoints(sql, before, limit + 1);
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    const answer: CheckpointsResponse = {
      checkpoints: shown.map(presentCheckpoint),
      nextCursor: last === undefined ? null : encodeCursor({ size: last.size, signedAtMs: last.signedAtMs }),
    };
    return { status: 200, json: answer };
  };
}
