import {
  type AdmissionContext,
  admitRecord,
  type PlatformRecord,
  type RecordVersion,
  type RefusedRow,
  recordKeyOf,
} from "@xueshi/domain";
import { sha256Hex } from "@xueshi/vault";

/** A row as it came out of a source's mapping, with the parsed content that its digest is taken over. */
export type IncomingRow =
  | { readonly kind: "record"; readonly record: PlatformRecord; readonly content: string }
  | { readonly kind: "malformed"; readonly recordId: string | null; readonly content: string }
  | { readonly kind: "total_row" };

/**
 * A judged row; `index` is its place in the batch, `ordinal` its place among equal rows of one listing (1, 2, …), and
 * `contentKey` what equal rows share: record, update time and content.
 */
export type JudgedRow =
  | {
      readonly kind: "version";
      readonly version: RecordVersion;
      readonly id: string;
      readonly name: string;
      readonly index: number;
      readonly ordinal: number;
      readonly contentKey: string;
    }
  | {
      readonly kind: "refused";
      readonly row: RefusedRow;
      /** Whether it says that the record is withdrawn. */
      readonly isWithdrawn: boolean;
      readonly index: number;
      readonly ordinal: number;
    };

/** Whom a row names; null: nobody who can be told. */
export function personOf(row: JudgedRow): string | null {
  return row.kind === "version" ? row.version.practitionerId : row.row.practitionerId;
}

/**
 * Counts equal rows within one group of a listing (an update time, a file); a new group starts anew, so that a long pull
 * keeps few keys. Rows without a group, whose update time cannot be read, may stand anywhere: they are counted apart.
 */
export class OrdinalCounter {
  readonly #grouped = new Map<string, number>();
  readonly #ungrouped = new Map<string, number>();
  #group = "";
  next(key: string, group: string | null): number {
    if (group !== null && group !== this.#group) {
      this.#grouped.clear();
      this.#group = group;
    }
    const counts = group === null ? this.#ungrouped : this.#grouped;
    const ordinal = (counts.get(key) ?? 0) + 1;
    counts.set(key, ordinal);
    return ordinal;
  }
}

/** Judges rows one by one; total rows are no records and leave nothing but their number. */
export function judgeRows(
  source: string,
  rows: readonly IncomingRow[],
  ordinals: OrdinalCounter,
  context: AdmissionContext,
  place: { readonly firstIndex: number; readonly file: string | null },
): { readonly judged: JudgedRow[]; readonly totalRows: number } {
  const judged: JudgedRow[] = [];
  let totalRows = 0;
  const groupOf = (row: { updateTimeMs: number | null }) =>
    place.file ?? (row.updateTimeMs === null ? null : String(row.updateTimeMs));
  rows.forEach((row, position) => {
    if (row.kind === "total_row") {
      totalRows += 1;
      return;
    }
    const index = place.firstIndex + position;
    const contentDigest = sha256Hex(row.content);
    const admission =
      row.kind === "record"
        ? admitRecord(row.record, contentDigest, context)
        : ({ kind: "refused", row: malformedRow(source, row.recordId, contentDigest) } as const);
    if (admission.kind === "refused") {
      const key = `${admission.row.recordKey}/${admission.row.updateTimeMs}/${contentDigest}`;
      const ordinal = ordinals.next(key, groupOf(admission.row));
      const isWithdrawn = row.kind === "record" && row.record.status === "withdrawn";
      judged.push({ kind: "refused", row: admission.row, isWithdrawn, index, ordinal });
      return;
    }
    const { version, id, name } = admission;
    const contentKey = contentKeyOf(version.recordKey, version);
    const ordinal = ordinals.next(contentKey, groupOf(version));
    judged.push({ kind: "version", version, id, name, index, ordinal, contentKey });
  });
  return { judged, totalRows };
}

export function contentKeyOf(recordKey: string, content: { updateTimeMs: number; contentDigest: string }): string {
  return `${recordKey}/${content.updateTimeMs}/${content.contentDigest}`;
}

function malformedRow(source: string, recordId: string | null, contentDigest: string): RefusedRow {
  return {
    recordKey: recordKeyOf(sha256Hex, source, recordId ?? contentDigest),
    source,
    recordId: recordId ?? "",
    practitionerId: null,
    contentDigest,
    updateTimeMs: null,
    code: "record_invalid",
    title: "",
    obtainedOn: null,
    attributedYear: null,
  };
}
