import { z } from "zod";
import { requiredText } from "./primitives.ts";

const REASON_LENGTH_MAX = 500;

/** The reason may stand in the address, which proxies log: what names a person belongs in the body. */
export const undoQuery = z.strictObject({ reason: requiredText(REASON_LENGTH_MAX).optional() });

export const undoRequestSchema = z.strictObject({ reason: requiredText(REASON_LENGTH_MAX) });
export type UndoRequest = z.output<typeof undoRequestSchema>;
