import { formatInstant, type Language, type QuarantineItem } from "@xueshi/contracts";
import {
  type RowAccess,
  type RowDecisionRow,
  readRowBatch,
  readSealedPerson,
  readSealedRows,
  type Transaction,
  writeRowAccess,
} from "@xueshi/database";
import {
  findSpelling,
  hoursToNumber,
  judgeVersion,
  maskResidentId,
  numberOf,
  type PersonId,
  type RecordVersion,
} from "@xueshi/domain";
import type { IngestionContext } from "../../ingestion-context.ts";
import { maskName } from "./mask-name.ts";
import { presentRow } from "./present-row.ts";
import { type QuarantineRow, quarantineRowsOf, standingOf } from "./quarantine-row.ts";
import { type RecordFile, readRecordFiles } from "./record-file.ts";
import { compareRowKeys, type RowKey, rowIdOf } from "./row-id.ts";

/** By whom and for which request a row is opened. */
export type Reader = Pick<RowAccess, "keyId" | "requestId">;

/**
 * One row that is kept apart, with all that helps to decide of it; id and names masked. That they were read is kept before
 * they are. Null: there is no such row. Source: ARCHITECTURE.md, invariant 16.
 */
export async function readQuarantined(
  context: IngestionContext,
  key: RowKey,
  language: Language,
  reader: Reader,
): Promise<QuarantineItem | null> {
  const [file] = await readRecordFiles(context.sql, [key.recordKey], context.nameVariants);
  const row = file === undefined ? undefined : quarantineRowsOf(file).find((one) => compareRowKeys(one, key) === 0);
  if (file === undefined || row === undefined) return null;
  const others = file.findings.map((finding) => finding.otherRecordKey);
  const [person, rawAvailable, overlapping] = await Promise.all([
    personOf(context, row, reader),
    isRawKept(context, row),
    readRecordFiles(context.sql, others, context.nameVariants),
  ]);
  const { version } = row;
  return {
    ...presentRow(row, file.decided, language),
    status: version?.status ?? null,
    subjectCode: version?.subjectCode ?? null,
    provider: version?.provider ?? null,
    studiedFrom: version?.studiedFrom ?? null,
    studiedUntil: version?.studiedUntil ?? null,
    pathway: version?.pathway ?? null,
    assessedOn: version?.assessedOn ?? null,
    ...person,
    rawAvailable,
    versions: presentVersions(file),
    decisions: file.decided.map(presentDecision),
    overlaps: overlapping.flatMap((other) => {
      const standing = standingOf(other);
      if (standing === null) return [];
      return [{ source: standing.source, recordId: standing.recordId, title: standing.title }];
    }),
  };
}

type MaskedPerson = Pick<QuarantineItem, "maskedIdNumber" | "maskedKnownName" | "maskedName" | "nameVariants">;

const NOBODY: MaskedPerson = { maskedIdNumber: null, maskedKnownName: null, maskedName: null, nameVariants: [] };

/**
 * Whom the row names. Of its own name only a digest is kept: it can be told where it is the known name or a spelling of it.
 */
async function personOf(context: IngestionContext, row: QuarantineRow, reader: Reader): Promise<MaskedPerson> {
  const { practitionerId, recordKey, version } = row;
  if (practitionerId === null) return NOBODY;
  const look = { accessedAtMs: context.clock(), accessId: context.newId(), ...reader };
  await writeRowAccess(context.sql, { practitionerId, recordKey, ...look });
  const sealed = await readSealedPerson(context.sql as unknown as Transaction, practitionerId);
  if (sealed === null) return NOBODY;
  const person = context.vault.openPerson(sealed);
  const hasDigest = (name: string) => context.vault.nameDigestOf(practitionerId, name) === version?.nameDigest;
  const isKnown = hasDigest(person.name);
  const spelling = isKnown || !row.likelySameName ? null : findSpelling(person.name, hasDigest);
  const own = isKnown ? person.name : (spelling?.name ?? null);
  return {
    maskedIdNumber: maskResidentId(numberOf(person.id as PersonId)),
    maskedKnownName: maskName(person.name),
    maskedName: own === null ? null : maskName(own),
    nameVariants: [...(spelling?.kinds ?? [])],
  };
}

async function isRawKept(context: IngestionContext, row: RowKey): Promise<boolean> {
  const batch = await readRowBatch(context.sql, row);
  return batch !== null && (await readSealedRows(context.sql, batch.batchId)) !== null;
}

function presentVersions(file: RecordFile): QuarantineItem["versions"] {
  const standing = standingOf(file);
  const { known, policy } = file.names;
  const judging = { knownNames: (id: string) => known.get(id), nameVariants: policy, decisions: file.inForce };
  const stateOf = (version: RecordVersion) => {
    const judgement = judgeVersion(version, judging);
    return judgement === "voided" ? ("left_out" as const) : judgement;
  };
  return file.versions.toSorted(compareRowKeys).map((version) => ({
    rowId: rowIdOf(version),
    status: version.status,
    hours: version.hoursHundredths === null ? null : hoursToNumber(version.hoursHundredths),
    title: version.title,
    obtainedOn: version.obtainedOn,
    updateTime: formatInstant(version.updateTimeMs),
    standing: version === standing,
    state: stateOf(version),
  }));
}

function presentDecision(row: RowDecisionRow): QuarantineItem["decisions"][number] {
  const { decisionId, kind, decidedAtMs, reason, document, actor, undoes } = row;
  return {
    decisionId,
    kind,
    decidedAt: formatInstant(decidedAtMs),
    reason,
    document,
    actor,
    undoes,
    rowId: rowIdOf(row),
  };
}
