import { type RecordVersion, withoutHold } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";

/** What takes a version back: the same, withdrawn, at a later time. An empty reason says that the source gave none. */
export function withdrawnVersion(current: RecordVersion, reason: string, updateTimeMs: number): RecordVersion {
  return {
    ...current,
    status: "withdrawn",
    updateTimeMs,
    contentDigest: sha256Hex(`withdrawn\u0000${current.contentDigest}\u0000${reason}`),
    flags: withoutHold(current.flags),
    note: reason === "" ? null : reason,
    voidedBy: null,
  };
}
