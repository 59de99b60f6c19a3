import { LIMITS } from "../limits.ts";
import { undoRequestSchema } from "../schemas/undo.ts";
import type { RouteBody } from "./route.ts";

/** The body of an operation that takes a decision back. */
export const UNDO_BODY = {
  name: "UndoRequest",
  schema: undoRequestSchema,
  example: { reason: "材料核对有误" },
  bytesMax: LIMITS.undoBodyBytesMax,
  optional: true,
} as const satisfies RouteBody;
