import { formatInstant } from "@xueshi/contracts";
import type { ReadmissionChange } from "@xueshi/database";
import { CONTENT_DIGITS, hoursToNumber, type RecordVersion, type RefusedRow } from "@xueshi/domain";
import type { RowPair } from "./mend-decisions.ts";
import type { NewRefusal, NewVersion, StoredRecord } from "./record-difference.ts";

export interface ChangedRows {
  readonly added: readonly NewVersion[];
  readonly refused: readonly NewRefusal[];
  readonly changed: readonly RecordVersion[];
  readonly leftOut: readonly RecordVersion[];
  readonly settled: readonly RefusedRow[];
  readonly reinstated: readonly RefusedRow[];
  readonly stored: StoredRecord;
}

/** A row of either kind. */
type AnyRow = RecordVersion | RefusedRow;
type Shown = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Lists what changes of a record, before and after; a row that goes and one that comes are one change where they are the
 * same content at the same time, or where nothing else goes or comes at their update time, or in the whole record.
 */
export function listChanges(rows: ChangedRows): { readonly changes: ReadmissionChange[]; readonly pairs: RowPair[] } {
  const gone: AnyRow[] = [...rows.leftOut, ...rows.settled];
  const come: AnyRow[] = [...rows.added.map(({ version }) => version), ...rows.refused.map(({ row }) => row)];
  const pairs = pairUp(gone, come);
  const paired = new Set<AnyRow>(pairs.flatMap((pair) => [pair.gone, pair.come]));
  const changes: ReadmissionChange[] = [];
  for (const pair of pairs) changes.push(changeOf(pair.come, shown(pair.gone), shown(pair.come, pair.gone)));
  for (const row of gone) if (!paired.has(row)) changes.push(changeOf(row, shown(row), null));
  for (const row of come) if (!paired.has(row)) changes.push(changeOf(row, null, shown(row)));
  for (const version of rows.changed) {
    const before = rows.stored.versions.find(
      (one) => one.updateTimeMs === version.updateTimeMs && one.contentDigest === version.contentDigest,
    );
    if (before === undefined) continue;
    const isBack = before.voidedBy !== null && version.voidedBy === null;
    changes.push(
      changeOf(version, isBack ? { ...shown(before), outcome: "left_out" } : shown(before), shown(version, before)),
    );
  }
  for (const row of rows.reinstated) changes.push(changeOf(row, { ...shown(row), outcome: "left_out" }, shown(row)));
  return { changes, pairs };
}

interface Pair extends RowPair {
  readonly gone: AnyRow;
  readonly come: AnyRow;
}

function pairUp(gone: readonly AnyRow[], come: readonly AnyRow[]): Pair[] {
  const pairs: Pair[] = [];
  const left = new Set(come);
  const unpaired = gone.filter((row) => {
    const same = [...left].find((one) => one.updateTimeMs === row.updateTimeMs && contentOf(one) === contentOf(row));
    if (same === undefined) return true;
    left.delete(same);
    pairs.push({ gone: row, come: same });
    return false;
  });
  return [...pairs, ...pairRest(unpaired, [...left])];
}

/** The same where content is stored a second time because it reads otherwise. */
function contentOf({ contentDigest }: AnyRow): string {
  return contentDigest.slice(0, CONTENT_DIGITS);
}

function pairRest(gone: readonly AnyRow[], come: readonly AnyRow[]): Pair[] {
  const [onlyGone, onlyCome] = [gone[0], come[0]];
  if (onlyGone === undefined || onlyCome === undefined) return [];
  if (gone.length === 1 && come.length === 1) return [{ gone: onlyGone, come: onlyCome }];
  const comeAt = Map.groupBy(come, (row) => row.updateTimeMs);
  return [...Map.groupBy(gone, (row) => row.updateTimeMs)].flatMap(([at, [first, ...others]]) => {
    const [partner, ...more] = comeAt.get(at) ?? [];
    if (first === undefined || partner === undefined || others.length + more.length > 0) return [];
    return [{ gone: first, come: partner }];
  });
}

function changeOf(row: AnyRow, before: Shown | null, after: Shown | null): ReadmissionChange {
  const { recordKey, source, recordId, contentDigest } = row;
  return { recordKey, updateTimeMs: row.updateTimeMs ?? 0, contentDigest, source, recordId, before, after };
}

/** What a list shows of a row: no personal data, and of a person only that it is another one. */
function shown(row: AnyRow, other: AnyRow | null = null): Shown {
  const isOtherPerson = other !== null && other.practitionerId !== row.practitionerId;
  const person = isOtherPerson ? { otherPerson: true } : {};
  const at = { updateTime: row.updateTimeMs === null ? null : formatInstant(row.updateTimeMs) };
  const { title, obtainedOn, attributedYear } = row;
  if (!("status" in row)) {
    return { outcome: "refused", code: row.code, title, obtainedOn, attributedYear, ...at, ...person };
  }
  const isOtherName = other !== null && "nameDigest" in other && !isOtherPerson && other.nameDigest !== row.nameDigest;
  return {
    outcome: "admitted",
    code: null,
    status: row.status,
    hours: row.hoursHundredths === null ? null : hoursToNumber(row.hoursHundredths),
    subjectCode: row.subjectCode,
    ...{ title, obtainedOn, attributedYear, provider: row.provider, pathway: row.pathway, flags: row.flags },
    ...{ studiedFrom: row.studiedFrom, studiedUntil: row.studiedUntil, assessedOn: row.assessedOn, ...at },
    ...person,
    ...(isOtherName ? { otherName: true } : {}),
  };
}
