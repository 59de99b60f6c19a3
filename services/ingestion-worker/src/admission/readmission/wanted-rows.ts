import { rowOriginKey } from "@xueshi/database";
import type { JudgedRow } from "../judge-rows.ts";

/** A row that admission would store of what is kept, and where it came first. */
export interface WantedRow {
  readonly judged: JudgedRow;
  readonly batchId: string;
  /** How many rows say it. */
  readonly occurrences: number;
  /** Whether it came first on a day that is asked about. */
  readonly isInScope: boolean;
}

interface CountedRow {
  readonly judged: JudgedRow;
  readonly batchId: string;
  readonly isInScope: boolean;
  occurrences: number;
}

/** Gathers the rows of kept pages, each once, as they are stored: in the order in which they came. */
export class WantedRows {
  readonly #records = new Map<string, Map<string, CountedRow>>();

  get recordKeys(): Iterable<string> {
    return this.#records.keys();
  }

  add(
    judged: JudgedRow,
    from: { readonly batchId: string; readonly scope: string | null; readonly isInScope: boolean },
  ): void {
    const row = judged.kind === "version" ? judged.version : judged.row;
    const rows = this.#records.get(row.recordKey) ?? new Map<string, CountedRow>();
    if (rows.size === 0) this.#records.set(row.recordKey, rows);
    const key = `${judged.kind}/${rowOriginKey(row)}`;
    const known = rows.get(key);
    if (known === undefined) {
      const { batchId, isInScope } = from;
      rows.set(key, { judged, batchId, isInScope, occurrences: from.scope === null ? 1 : judged.ordinal });
    } else {
      known.occurrences = from.scope === null ? known.occurrences + 1 : Math.max(known.occurrences, judged.ordinal);
    }
  }

  of(recordKey: string): WantedRow[] {
    return [...(this.#records.get(recordKey)?.values() ?? [])];
  }
}
