import type { z } from "zod";
import { LIMITS } from "../limits.ts";

/**
 * Makes the opaque cursor of a list from where the page ended: base64url of JSON with a version.
 * The position holds keys of rows only, never personal data.
 */
export function encodeCursor(position: Readonly<Record<string, string | number>>): string {
  return Buffer.from(JSON.stringify({ v: 1, p: position }), "utf8").toString("base64url");
}

/**
 * Reads a cursor back and validates its position, which a caller may have changed.
 * Returns null when it is not one that {@link encodeCursor} made for this schema: answer `cursor_invalid`.
 */
export function decodeCursor<Schema extends z.ZodType>(cursor: string, position: Schema): z.output<Schema> | null {
  if (cursor.length > LIMITS.cursorCharactersMax) return null;
  try {
    const decoded: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (typeof decoded !== "object" || decoded === null || !("v" in decoded) || !("p" in decoded)) return null;
    if (decoded.v !== 1) return null;
    const parsed = position.safeParse(decoded.p);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
