import { type CheckpointResponse, formatInstant } from "@xueshi/contracts";
import type { CheckpointRow } from "@xueshi/database";

export function presentCheckpoint({ size, signedAtMs, note }: CheckpointRow): CheckpointResponse {
  return { size, signedAt: formatInstant(signedAtMs), note };
}
