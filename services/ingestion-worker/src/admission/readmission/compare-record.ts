import { type RowOrigin, rowOriginKey } from "@xueshi/database";
import { CONTENT_DIGITS, type RecordVersion, type RefusedRow } from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";
import { listChanges } from "./list-changes.ts";
import { isReadAnew, mendDecisions } from "./mend-decisions.ts";
import type { NewRefusal, NewVersion, RecordDifference, StoredRecord } from "./record-difference.ts";
import type { WantedRow } from "./wanted-rows.ts";

/** What a comparison goes by. */
export interface ComparisonScope {
  /** Batches of which every row was read again and came first on a day that is asked about. */
  readonly batchIds: ReadonlySet<string>;
  /** All re-admissions: what one of them left out may take part again. */
  readonly readmissionIds: ReadonlySet<string>;
}

/**
 * Compares what is stored of a record with what would be stored of the pages that are kept. Rows of pages that are gone,
 * withdrawals and what operators put in are left as they are.
 *
 * Whom a stored version names is never changed: where the person or the name is another, the version is left out and
 * another one takes its place, under a digest of its own. The same for refused rows.
 */
export function compareRecord(
  stored: StoredRecord,
  wanted: readonly WantedRow[],
  scope: ComparisonScope,
): RecordDifference {
  const versions = compareVersions(stored, wanted, scope);
  const refusals = compareRefusals(stored, wanted, scope);
  const gone = [...versions.leftOut, ...refusals.settled];
  const come = [...versions.added.map(({ version }) => version), ...refusals.refused.map(({ row }) => row)];
  const lists = listChanges({ ...versions, ...refusals, stored });
  return {
    recordKey: stored.recordKey,
    ...versions,
    ...refusals,
    decisions: mendDecisions(stored.decided, gone, come, lists.pairs),
    changes: lists.changes,
  };
}

export function isDifferent(difference: RecordDifference): boolean {
  return difference.changes.length > 0 || difference.decisions.moved.length > 0;
}

type VersionChanges = Pick<RecordDifference, "added" | "changed" | "leftOut">;

function compareVersions(stored: StoredRecord, wanted: readonly WantedRow[], scope: ComparisonScope): VersionChanges {
  const byKey = new Map(stored.versions.map((version) => [rowOriginKey(version), version]));
  const wantedKeys = new Set<string>();
  const added: NewVersion[] = [];
  const changed: RecordVersion[] = [];
  for (const row of wanted) {
    if (row.judged.kind !== "version") continue;
    const { id, name, index } = row.judged;
    const version = placed(row.judged.version, byKey);
    const key = rowOriginKey(version);
    const known = byKey.get(key);
    if (known === undefined && row.isInScope && !wantedKeys.has(key)) {
      const place = { batchId: row.batchId, occurrences: row.occurrences, batchIndex: index };
      added.push({ version, id, name, place });
    } else if (known !== undefined && isInScope(stored.origins.versions.get(key), row, scope)) {
      const isLeftOut = known.voidedBy !== null && scope.readmissionIds.has(known.voidedBy);
      const next = { ...version, note: known.note, voidedBy: isLeftOut ? null : known.voidedBy };
      if (isLeftOut || !haveSameValues(known, next)) changed.push(next);
    }
    wantedKeys.add(key);
  }
  const leftOut = stored.versions.filter((version) => {
    const key = rowOriginKey(version);
    if (wantedKeys.has(key) || !isRead(stored.origins.versions.get(key), scope)) return false;
    return version.voidedBy === null || !scope.readmissionIds.has(version.voidedBy);
  });
  return { added, changed, leftOut };
}

/** The version under the digest at which it is, or would be, stored. */
function placed(version: RecordVersion, byKey: ReadonlyMap<string, RecordVersion>): RecordVersion {
  const there = byKey.get(rowOriginKey(version));
  if (there === undefined) return version;
  const { practitionerId, nameDigest, contentDigest } = version;
  if (there.practitionerId === practitionerId && there.nameDigest === nameDigest) return version;
  return { ...version, contentDigest: digestOf(contentDigest, "person", practitionerId, nameDigest) };
}

type RefusalChanges = Pick<RecordDifference, "refused" | "settled" | "reinstated">;

function compareRefusals(stored: StoredRecord, wanted: readonly WantedRow[], scope: ComparisonScope): RefusalChanges {
  const byKey = new Map(stored.refusals.map((row) => [rowOriginKey(row), row]));
  const wantedKeys = new Set<string>();
  const refused: NewRefusal[] = [];
  const reinstated: RefusedRow[] = [];
  for (const one of wanted) {
    if (one.judged.kind !== "refused") continue;
    const row = placedRefusal(one.judged.row, byKey);
    const key = rowOriginKey(row);
    const known = byKey.get(key);
    if (known === undefined && one.isInScope && !wantedKeys.has(key)) {
      const { batchId, occurrences } = one;
      refused.push({ row, place: { batchId, occurrences, batchIndex: one.judged.index } });
    } else if (known !== undefined && isReadAnew(known, stored.decided)) reinstated.push(known);
    wantedKeys.add(key);
  }
  const settled = stored.refusals.filter((row) => {
    const key = rowOriginKey(row);
    return !wantedKeys.has(key) && isRead(stored.origins.refusals.get(key), scope) && !isReadAnew(row, stored.decided);
  });
  return { refused, settled, reinstated };
}

function placedRefusal(row: RefusedRow, byKey: ReadonlyMap<string, RefusedRow>): RefusedRow {
  const there = byKey.get(rowOriginKey(row));
  if (there === undefined || saysSame(there, row)) return row;
  const { code, practitionerId, title, obtainedOn, attributedYear, contentDigest } = row;
  return {
    ...row,
    contentDigest: digestOf(contentDigest, "refused", code, practitionerId, title, obtainedOn, attributedYear),
  };
}

function saysSame(left: RefusedRow, right: RefusedRow): boolean {
  return (
    left.code === right.code &&
    left.practitionerId === right.practitionerId &&
    left.title === right.title &&
    left.obtainedOn === right.obtainedOn &&
    left.attributedYear === right.attributedYear
  );
}

/**
 * The digest of content that is stored a second time because it reads otherwise: only its end is another one, so that it
 * stands where its content stands, in the order of conflicting contents too.
 */
function digestOf(contentDigest: string, ...parts: readonly (string | number | null)[]): string {
  const end = sha256Hex(`readmitted\u0000${JSON.stringify([contentDigest, ...parts])}`);
  return contentDigest.slice(0, CONTENT_DIGITS) + end.slice(CONTENT_DIGITS);
}

/** Whether a row was stored of a page that was read again. */
function isRead(origin: RowOrigin | undefined, { batchIds }: ComparisonScope): boolean {
  return origin !== undefined && batchIds.has(origin.batchId);
}

/** A row whose first page is gone may have come again with a later one. */
function isInScope(origin: RowOrigin | undefined, row: WantedRow, scope: ComparisonScope): boolean {
  return isRead(origin, scope) || row.isInScope;
}

const MAPPED = [
  "status",
  "hoursHundredths",
  "subjectCode",
  "subjectBasis",
  "title",
  "provider",
  "obtainedOn",
  "studiedFrom",
  "studiedUntil",
  "attributedYear",
  "yearBasis",
  "pathway",
  "assessedOn",
  "flags",
] as const satisfies readonly (keyof RecordVersion)[];

function haveSameValues(left: RecordVersion, right: RecordVersion): boolean {
  return MAPPED.every((field) => left[field] === right[field]);
}
