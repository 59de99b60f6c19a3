import type { CheckpointRow } from "@xueshi/database";
import { parseCheckpoint } from "@xueshi/domain";

/** The root over the feed that a checkpoint states. Throws when the kept note is no checkpoint of its size. */
export function rootOfCheckpoint({ size, note }: CheckpointRow): Uint8Array {
  const stated = parseCheckpoint(note.slice(0, note.indexOf("\n\n") + 1));
  if (stated?.size !== size) throw new Error("a kept checkpoint cannot be read");
  return Buffer.from(stated.root, "base64");
}
