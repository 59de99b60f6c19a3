import { type PageBatch, readSealedRows } from "@xueshi/database";
import type { AdmissionContext } from "@xueshi/domain";
import type { Platform } from "@xueshi/platforms";
import type { IngestionContext } from "../../ingestion-context.ts";
import { incomingRow } from "../incoming-row.ts";
import { judgePush } from "../judge-push.ts";
import { type JudgedRow, judgeRows, OrdinalCounter } from "../judge-rows.ts";
import { isErasedRow, isWithdrawal, openRawTexts } from "../quarantine/open-raw-rows.ts";
import { rereadsRows } from "../store-pages.ts";
import { isInRange, type KeyRange } from "./key-ranges.ts";

/** Rows of a kept page, judged as if they came today. */
export interface ReplayedRows {
  readonly judged: readonly JudgedRow[];
  /**
   * Equal rows of one scope are different rows, equal rows of two scopes are one row that was read twice. Null: this
   * source never sends a row twice, so each is a row of its own.
   */
  readonly scope: string | null;
  /** Records of which a row was taken out because it said who somebody is that was erased: nothing is known of them anew. */
  readonly erasedOf: readonly string[];
}

/**
 * `expired`: its retention has ended; `unreadable`: fewer rows are found in it than it brought; `withdrawal`: a source's word
 * about a record, which no mapping reads.
 */
export type ReplayedPage = readonly ReplayedRows[] | "expired" | "unreadable" | "withdrawal";

/** Scopes that are gone on with: files follow one another, and pulls that are under way at one time are few. */
const SCOPES_OPEN_MAX = 16;

/** Counts equal rows of each scope, as they were counted when they came; of records in a range alone. */
export class ReplayedOrdinals {
  readonly #range: KeyRange;
  /** By scope, the one that was used last at the end. */
  readonly #counters = new Map<string, OrdinalCounter>();

  constructor(range: KeyRange) {
    this.#range = range;
  }

  of(scope: string | null): OrdinalCounter {
    const counter = (scope === null ? undefined : this.#counters.get(scope)) ?? new RangeCounter(this.#range);
    if (scope === null) return counter;
    this.#counters.delete(scope);
    this.#counters.set(scope, counter);
    const [oldest] = this.#counters.keys();
    if (this.#counters.size > SCOPES_OPEN_MAX && oldest !== undefined) this.#counters.delete(oldest);
    return counter;
  }
}

/** Leaves out rows that nobody asks for, so that its memory is that of the range. */
class RangeCounter extends OrdinalCounter {
  readonly #range: KeyRange;

  constructor(range: KeyRange) {
    super();
    this.#range = range;
  }

  override next(key: string, group: string | null): number {
    return isInRange(this.#range, key.slice(0, this.#range.fromKey.length)) ? super.next(key, group) : 1;
  }
}

/**
 * Opens a kept page and judges its rows by the mappings and rules of today. An answer that is kept as it came may hold
 * more rows than were taken of it: those had been taken of another page.
 */
export async function replayPage(
  context: Pick<IngestionContext, "sql" | "vault" | "sources">,
  source: string,
  batch: PageBatch,
  admission: AdmissionContext,
  ordinals: ReplayedOrdinals,
): Promise<ReplayedPage> {
  const page = await readSealedRows(context.sql, batch.batchId);
  if (page === null) return "expired";
  const content = context.vault.openPage(page);
  const platform = batch.origin === "pull" ? context.sources.platformNamed(source) : null;
  if (batch.origin === "pull" && platform === null) return "unreadable";
  if (batch.origin === "push" && isWithdrawal(content)) return "withdrawal";
  const groups: ReplayedRows[] = [];
  let rowsSeen = 0;
  for (const { rows, file: name } of openRawTexts(content, platform)) {
    const scope = scopeOf(platform, batch, { answer: groups.length, file: name });
    // Equal rows of a file may stand anywhere in it, those of a listing stand together.
    const file = platform?.connection.transport === "file" ? scope : null;
    const judged =
      platform === null
        ? judgePush(
            rows.map((value) => ({ value })),
            { source, receivedAtMs: batch.receivedAtMs, language: "en" },
            admission,
          ).judged
        : judgeRows(
            source,
            rows.map((row) => incomingRow(platform, row)),
            ordinals.of(scope),
            admission,
            { firstIndex: rowsSeen, file },
          ).judged;
    // What was erased was a row, and is none that could be read.
    const first = platform === null ? 0 : rowsSeen;
    const erased = new Set(rows.flatMap((row, at) => (isErasedRow(row) ? [first + at] : [])));
    const left = erased.size === 0 ? judged : judged.filter(({ index }) => !erased.has(index));
    groups.push({ judged: left, scope, erasedOf: rows.flatMap((row) => (isErasedRow(row) ? (row.of ?? []) : [])) });
    rowsSeen += rows.length;
  }
  return rowsSeen === 0 || rowsSeen < batch.rowCount ? "unreadable" : groups;
}

/**
 * A listing that is continued from its last update time sends the rows of that time again with each answer, so only one
 * answer tells equal rows apart; a file has each row once, other listings once in a pull. Pages that were kept before they
 * said their file are taken as one listing.
 */
function scopeOf(
  platform: Platform | null,
  { batchId, pullId }: PageBatch,
  { answer, file }: { readonly answer: number; readonly file: string | null },
): string | null {
  if (platform === null || !rereadsRows(platform)) return null;
  const { connection } = platform;
  const isContinued = connection.transport === "http-json" && connection.paging.kind === "page-by-update-time";
  if (isContinued) return `${batchId}/${answer}`;
  const pull = pullId ?? batchId;
  return file === null ? pull : `${pull}/${file}`;
}
