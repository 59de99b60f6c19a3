import type { QuarantineKind } from "@xueshi/contracts";
import {
  readDecidedRecords,
  readFlaggedRecords,
  readFoundRecords,
  readHeldRecords,
  readRefusedRecords,
  readRivalRecords,
  type Sql,
} from "@xueshi/database";
import type { IngestionContext } from "../../ingestion-context.ts";
import { type QuarantineRow, quarantineRowsOf } from "./quarantine-row.ts";
import { readRecordFiles } from "./record-file.ts";
import { compareRowKeys, type RowKey } from "./row-id.ts";

export type YesNoAny = "yes" | "no" | "any";

export interface QuarantineListing {
  readonly kind: QuarantineKind;
  readonly source: string | null;
  /** A refusal's or a hold's code, or a flag. */
  readonly code: string | null;
  readonly decided: YesNoAny;
  readonly settled: YesNoAny;
  readonly likelySameName: boolean;
  /** The row after which to go on; its record and nothing else where only a part of a scan was done. */
  readonly after: QuarantinePosition | null;
  readonly limit: number;
}

/** How far a listing is: behind a row, or at the beginning of a record. */
export interface QuarantinePosition {
  readonly recordKey: string;
  readonly row: RowKey | null;
}

export interface QuarantinePage {
  readonly rows: readonly QuarantineRow[];
  /** Null: there are no more. */
  readonly next: QuarantinePosition | null;
}

const FIRST_KEY = "00000000-0000-0000-0000-000000000000";
/** Records looked at in one statement, and statements of one request: a page may end before it is full. */
const RECORDS_PER_LOOK = 200;
const LOOKS_MAX = 20;
/** Versions passed over in one look, where no index knows which are meant. */
const VERSIONS_PER_LOOK = 50_000;

/**
 * Lists rows that are kept apart, in the order of their keys. What is listed follows from what admission knows at this
 * moment. Bounded work: a page may hold fewer rows than asked for, even none, and still say where to go on.
 */
export async function listQuarantine(
  context: Pick<IngestionContext, "sql" | "nameVariants">,
  listing: QuarantineListing,
): Promise<QuarantinePage> {
  const rows: QuarantineRow[] = [];
  let from: QuarantinePosition | null = listing.after ?? { recordKey: FIRST_KEY, row: null };
  for (let look = 0; look < LOOKS_MAX && from !== null; look += 1) {
    const position: QuarantinePosition = from;
    const slice = await readCandidates(context.sql, listing, position.recordKey);
    const files = await readRecordFiles(context.sql, slice.recordKeys, context.nameVariants);
    for (const row of files.flatMap(quarantineRowsOf)) {
      if (position.row !== null && compareRowKeys(row, position.row) <= 0) continue;
      if (!fits(row, listing)) continue;
      if (rows.length === listing.limit) return { rows, next: endOf(rows) };
      rows.push(row);
    }
    from = slice.nextKey === null ? null : { recordKey: slice.nextKey, row: null };
  }
  return { rows, next: from };
}

function endOf(rows: readonly QuarantineRow[]): QuarantinePosition | null {
  const last = rows.at(-1);
  if (last === undefined) return null;
  const { recordKey, updateTimeMs, contentDigest } = last;
  return { recordKey, row: { recordKey, updateTimeMs, contentDigest } };
}

/** Records that may have rows of a kind, in order of key; `nextKey` is where the next look begins, null at the end. */
export interface Candidates {
  readonly recordKeys: readonly string[];
  readonly nextKey: string | null;
}

async function readCandidates(sql: Sql, listing: QuarantineListing, fromKey: string): Promise<Candidates> {
  if (listing.decided === "yes") return capped(await readDecidedRecords(sql, fromKey, RECORDS_PER_LOOK + 1));
  switch (listing.kind) {
    case "refused": {
      const { source, code } = listing;
      return capped(await readRefusedRecords(sql, { fromKey, source, code, limit: RECORDS_PER_LOOK + 1 }));
    }
    case "held":
      return held(sql, listing, fromKey);
    case "conflict":
      return scanned(await readRivalRecords(sql, fromKey, VERSIONS_PER_LOOK));
    case "flagged": {
      const [flagged, found] = await Promise.all([
        readFlaggedRecords(sql, fromKey, VERSIONS_PER_LOOK),
        readFoundRecords(sql, fromKey, RECORDS_PER_LOOK + 1),
      ]);
      return merged(scanned(flagged), capped(found));
    }
  }
}

/** Accepted rows are held no more: with them, the decided records are looked at too. */
async function held(sql: Sql, listing: QuarantineListing, fromKey: string): Promise<Candidates> {
  const nowHeld = capped(await readHeldRecords(sql, fromKey, RECORDS_PER_LOOK + 1));
  if (listing.decided === "no") return nowHeld;
  return merged(nowHeld, capped(await readDecidedRecords(sql, fromKey, RECORDS_PER_LOOK + 1)));
}

function capped(recordKeys: readonly string[]): Candidates {
  if (recordKeys.length <= RECORDS_PER_LOOK) return { recordKeys, nextKey: null };
  return { recordKeys: recordKeys.slice(0, RECORDS_PER_LOOK), nextKey: recordKeys[RECORDS_PER_LOOK] ?? null };
}

/** A look that found too many keeps the rest for the next one. */
function scanned({ recordKeys, nextKey }: Candidates): Candidates {
  const first = capped(recordKeys);
  return first.nextKey === null ? { recordKeys, nextKey } : first;
}

/** Two looks go on together from where the first of them ended. */
function merged(left: Candidates, right: Candidates): Candidates {
  const ends = [left.nextKey, right.nextKey].filter((key) => key !== null).sort();
  const nextKey = ends[0] ?? null;
  const all = [...new Set([...left.recordKeys, ...right.recordKeys])].sort();
  return { recordKeys: nextKey === null ? all : all.filter((key) => key < nextKey), nextKey };
}

function fits(row: QuarantineRow, listing: QuarantineListing): boolean {
  const { kind, source, code, decided, settled, likelySameName } = listing;
  if (row.kind !== kind || (source !== null && row.source !== source)) return false;
  if (code !== null && row.code !== code && !row.flags.includes(code)) return false;
  if (likelySameName && !row.likelySameName) return false;
  return isWanted(decided, row.decision !== null) && isWanted(settled, row.isSettled);
}

function isWanted(wanted: YesNoAny, is: boolean): boolean {
  return wanted === "any" || (wanted === "yes") === is;
}
