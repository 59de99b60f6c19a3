import {
  type CorrectionDecisionRow,
  type CorrectionRow,
  type DecisionRow,
  readCorrectionDecisions,
  readDecisions,
  readVersions,
  type Transaction,
  writeCorrectionDecisions,
  writeDecisions,
} from "@xueshi/database";
import {
  CORRECTABLE_FIELDS,
  type FieldChange,
  MAIN_SLOT,
  REVOCATION_OF,
  type RecordVersion,
  type Standing,
} from "@xueshi/domain";
import type { Deciding, Undeciding } from "./correction-context.ts";
import { decideDuplicates, undecideDuplicates } from "./decide-duplicates.ts";

/**
 * Keeps what a correction decides of each record: that it is taken back, which values take the place of which, its subject,
 * or with which others it is one achievement. A value is put right against what the standing version says; a record of which no version stands has none.
 * @param derived how the records stand by what is known, before this correction
 */
export async function decideRecords(
  tx: Transaction,
  recordKeys: readonly string[],
  derived: readonly Standing[],
  deciding: Deciding,
): Promise<void> {
  const { correction, actor, note, nowMs } = deciding;
  if (correction.recordSets !== null) return decideDuplicates(tx, recordKeys, derived, deciding);
  const { correctionId, kind, changes, reason, document } = correction;
  const { subject = null, ...values } = changes ?? {};
  const [decided, corrected] = await Promise.all([
    readDecisions(tx, recordKeys),
    readCorrectionDecisions(tx, recordKeys),
  ]);
  // The newest decision is in force, so one that was made later must not look older, whatever the clocks say.
  const earlierMs = [...decided.values(), ...corrected].map(({ decidedAtMs }) => decidedAtMs + 1);
  const decidedAtMs = earlierMs.reduce((latest, one) => Math.max(latest, one), nowMs);
  if (subject !== null) {
    const row = { decidedAtMs, decisionId: correctionId, topic: "subject" as const, subject, countsBesides: false };
    const said = { ...row, undoes: null, reason, document, actor };
    await writeDecisions(
      tx,
      recordKeys.map((recordKey): DecisionRow => ({ recordKey, ...said })),
    );
  }
  const revokes = REVOCATION_OF[kind];
  if (revokes === null && Object.keys(values).length === 0) return;
  const standing = revokes === null ? await readStandingVersions(tx, recordKeys, derived) : new Map();
  const rows = recordKeys.flatMap((recordKey): CorrectionDecisionRow[] => {
    const version = standing.get(recordKey);
    if (revokes === null && version === undefined) return [];
    const ofRecord = version === undefined ? [] : changesOf(version, values);
    return [
      { recordKey, decidedAtMs, decisionId: correctionId, undoes: null, revokes, changes: ofRecord, note, actor },
    ];
  });
  await writeCorrectionDecisions(tx, rows);
}

function changesOf(
  version: RecordVersion,
  values: Omit<NonNullable<CorrectionRow["changes"]>, "subject">,
): FieldChange[] {
  return CORRECTABLE_FIELDS.flatMap((field) => {
    const becomes = values[field];
    return becomes === undefined ? [] : [{ field, was: version[field], becomes }];
  });
}

/** The version that stands of each record, as its source said it; equal contents say the same. */
async function readStandingVersions(
  tx: Transaction,
  recordKeys: readonly string[],
  derived: readonly Standing[],
): Promise<ReadonlyMap<string, RecordVersion>> {
  const mains = derived.filter(({ slot }) => slot === MAIN_SLOT);
  const contents = new Map(mains.map(({ recordKey, sourceDigest }) => [recordKey, sourceDigest]));
  const versions = await readVersions(tx, recordKeys);
  const standing = versions.filter((version) => contents.get(version.recordKey) === version.contentDigest);
  return new Map(standing.map((version) => [version.recordKey, version]));
}

/** Takes back what a correction decided of records. */
export async function undecideRecords(
  tx: Transaction,
  recordKeys: readonly string[],
  deciding: Undeciding,
): Promise<void> {
  const { correction, actor, note, nowMs, undoId, reason } = deciding;
  if (correction.recordSets !== null) return undecideDuplicates(tx, recordKeys, deciding);
  const [decided, kept] = await Promise.all([readDecisions(tx, recordKeys), readCorrectionDecisions(tx, recordKeys)]);
  const earlierMs = [...decided.values(), ...kept].map((one) => one.decidedAtMs + 1);
  const decidedAtMs = earlierMs.reduce((latest, one) => Math.max(latest, one), nowMs);
  const undo = { decidedAtMs, decisionId: undoId, undoes: correction.correctionId };
  const made = kept.filter(({ decisionId }) => decisionId === correction.correctionId);
  await writeCorrectionDecisions(
    tx,
    made.map(({ recordKey }) => ({ recordKey, ...undo, revokes: null, changes: [], note, actor })),
  );
  if (correction.changes?.subject === undefined) return;
  const row = { ...undo, topic: "subject" as const, subject: null, countsBesides: false };
  const said = { ...row, reason, document: null, actor };
  await writeDecisions(
    tx,
    recordKeys.map((recordKey): DecisionRow => ({ recordKey, ...said })),
  );
}
