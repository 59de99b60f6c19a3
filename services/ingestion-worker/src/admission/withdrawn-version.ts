import { type RecordVersion, withoutHold } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";

/** What takes a version back: the same, withdrawn, at a later time. An empty reason says that the source gave none. */
export function withdrawnVersion(current: RecordVersion, reason: string, updateTimeMs: number): RecordVersion {
  return {
    ...current,
    status: "withdrawn",
    updateTimeMs,
    contentDigest: withdrawnDigest(current.contentDigest, reason),
    flags: withoutHold(current.flags),
    note: reason === "" ? null : reason,
    voidedBy: null,
  };
}

/** The content of what takes a content back, hex. */
export function withdrawnDigest(contentDigest: string, reason: string): string {
  return sha256Hex(`withdrawn\u0000${contentDigest}\u0000${reason}`);
}
