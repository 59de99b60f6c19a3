import type { CheckpointRow } from "@xueshi/database";
import { checkpointOfNote } from "@xueshi/domain";

/** The root over the feed that a checkpoint states. Throws when the kept note is no checkpoint of its size. */
export function rootOfCheckpoint({ size, note }: CheckpointRow): Uint8Array {
  const stated = checkpointOfNote(note);
  if (stated?.size !== size) throw new Error("a kept checkpoint cannot be read");
  return Buffer.from(stated.root, "base64");
}
