import {
  beginTransaction,
  decisionsInForce,
  type RowDecisionRow,
  readKnownNames,
  readRowDecisions,
  readVersions,
} from "@xueshi/database";
import { normaliseText, type RecordVersion, recordKeyOf, standingVersion } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import type { IngestionContext } from "../ingestion-context.ts";
import { contentKeyOf } from "./judge-rows.ts";
import { createVersionJudge } from "./judge-stored.ts";
import { type StoredPush, storePush } from "./store-push.ts";
import { withdrawnVersion } from "./withdrawn-version.ts";

export interface Withdrawal {
  readonly source: string;
  readonly recordId: string;
  readonly reason: string;
  /** The source's own time of the withdrawal, ms since 1970 UTC; null: its arrival. */
  readonly updateTimeMs: number | null;
  readonly receivedAtMs: number;
  /** See `requestKeyOf`; null: sent again, it withdraws again. */
  readonly requestKey: string | null;
}

/**
 * Withdraws a record that the source sent before: a new version that says so, never earlier than the standing one. The
 * ledger reverses what was posted; nothing is deleted. Null when the source never sent the record in a form that could stand.
 */
export async function withdrawRecord(context: IngestionContext, withdrawal: Withdrawal): Promise<StoredPush | null> {
  const recordKey = recordKeyOf(sha256Hex, withdrawal.source, normaliseText(withdrawal.recordId));
  const current = await standingOf(context, recordKey);
  if (current === null) return null;
  const { reason, receivedAtMs } = withdrawal;
  const updateTimeMs = Math.max(withdrawal.updateTimeMs ?? receivedAtMs, current.updateTimeMs + 1);
  const version = withdrawnVersion(current, reason, updateTimeMs);
  const raw = JSON.stringify({ recordId: withdrawal.recordId, reason });
  // The person exists, so the version needs no id or name of its own: nothing is sealed or claimed by them.
  const row = { kind: "version", version, id: "", name: "", index: 0, ordinal: 1 } as const;
  const judged = [{ ...row, contentKey: contentKeyOf(recordKey, version) }];
  const { requestKey, source } = withdrawal;
  const said = JSON.stringify([withdrawal.recordId, reason, withdrawal.updateTimeMs]);
  const once = requestKey === null ? null : { requestKey, part: 0, bodyDigest: sha256Hex(said) };
  return storePush(context, { source, judged, raw, receivedAtMs, once });
}

async function standingOf(context: IngestionContext, recordKey: string): Promise<RecordVersion | null> {
  return beginTransaction(context.sql, async (tx) => {
    const versions = await readVersions(tx, [recordKey]);
    const people = versions.map((version) => version.practitionerId);
    const [knownNames, decided] = await Promise.all([readKnownNames(tx, people), readRowDecisions(tx, [recordKey])]);
    const decisions = decisionsInForce(decided);
    const { judge } = createVersionJudge({ knownNames, decisions, nameVariants: context.nameVariants });
    const admitted = versions.filter((version) => judge(version) === "admitted");
    // A correction that was taken back is nobody's word any more; what the source sent is, whatever was decided of it.
    const [made, madeInForce] = [digestsMade(decided), digestsMade(decisions.get(recordKey) ?? [])];
    const said = versions.filter(({ contentDigest }) => !made.has(contentDigest) || madeInForce.has(contentDigest));
    return standingVersion(admitted) ?? standingVersion(said);
  });
}

/** The contents that operators' corrections made. */
function digestsMade(decisions: readonly Pick<RowDecisionRow, "kind" | "standingDigest">[]): Set<string | null> {
  return new Set(decisions.flatMap(({ kind, standingDigest }) => (kind === "correct" ? [standingDigest] : [])));
}
