import { createHash } from "node:crypto";
import { type ExportHeader, LEDGER_EXPORT_FORMAT } from "@xueshi/contracts";
import {
  beginTransaction,
  countRows,
  type ExportScope,
  readCheckpointOf,
  readPersonExportScope,
  readRowTexts,
  readSchemaDigest,
  readTransferredColumns,
  type Sql,
  type TableColumns,
  type Transaction,
} from "@xueshi/database";
import { formatCheckpoint, type TreeHash } from "@xueshi/domain";
import type { NoteSigner } from "@xueshi/vault";
import { readRoots } from "../read-roots.ts";

export interface ExportContext {
  /** As the owner of the tables: no service reads all of them. */
  readonly sql: Sql;
  readonly clock: () => number;
  readonly treeHash: TreeHash;
  /** The ledger's name in its checkpoints. */
  readonly origin: string;
  /** Null: the checkpoint of the snapshot is not signed. */
  readonly signer: NoteSigner | null;
}

export interface ExportRequest {
  /** Null: the whole ledger. */
  readonly practitionerId: string | null;
  /** Takes whole lines, and is waited for. */
  readonly write: (text: string) => Promise<void>;
  readonly progress: (done: number, total: number) => void;
}

/** Thrown when nothing is known of the person whose export is asked for. */
export class PersonNotExported extends Error {}

/**
 * Writes the ledger, or what belongs to one person, as lines of JSON (packages/contracts/ledger-export.md): all of one
 * snapshot, table by table, a few hundred rows in memory at a time.
 */
export async function exportLedger(context: ExportContext, request: ExportRequest): Promise<ExportHeader> {
  return beginTransaction(context.sql, (tx) => writeLines(tx, context, request), "repeatable read read only");
}

async function writeLines(tx: Transaction, context: ExportContext, request: ExportRequest): Promise<ExportHeader> {
  const scope = request.practitionerId === null ? null : await readPersonExportScope(tx, request.practitionerId);
  const tables = await readTransferredColumns(tx);
  const counts: Record<string, number> = {};
  for (const table of tables) counts[table.table] = await countRows(tx, table, scope);
  if (scope !== null && counts["ledger.head"] === 0 && counts["admission.identity"] === 0) {
    throw new PersonNotExported("nothing is known of this practitioner");
  }
  const header = await makeHeader(tx, context, request, counts);
  const out = new LineWriter(request.write);
  await out.write(`${JSON.stringify({ header })}\n`, 1);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const written: Record<string, number> = {};
  for (const table of tables) {
    written[table.table] = 0;
    for await (const rows of rowsOf(tx, table, scope)) {
      await out.write(rows.join(""), rows.length);
      written[table.table] = (written[table.table] ?? 0) + rows.length;
      request.progress(out.lines - 1, total);
    }
  }
  const trailer = { lines: out.lines, counts: written, sha256: out.digest() };
  await request.write(`${JSON.stringify({ trailer })}\n`);
  return header;
}

async function* rowsOf(tx: Transaction, table: TableColumns, scope: ExportScope | null) {
  const before = `{"table":${JSON.stringify(table.table)},"row":`;
  for await (const texts of readRowTexts(tx, table, scope)) yield texts.map((text) => `${before}${text}}\n`);
}

async function makeHeader(
  tx: Transaction,
  { clock, treeHash, origin, signer }: ExportContext,
  { practitionerId }: ExportRequest,
  counts: Readonly<Record<string, number>>,
): Promise<ExportHeader> {
  const checkpoint = formatCheckpoint({ origin, ...(await readRoots(tx, await readCheckpointOf(tx, null), treeHash)) });
  return {
    format: LEDGER_EXPORT_FORMAT,
    scope: practitionerId === null ? null : { practitionerId },
    origin,
    schema: await readSchemaDigest(tx),
    snapshotAt: new Date(clock()).toISOString(),
    checkpoint: signer === null ? checkpoint : signer.sign(checkpoint),
    verifierKey: signer?.verifierKey ?? null,
    counts,
  };
}

/** Counts lines and digests their bytes as they leave. */
class LineWriter {
  lines = 0;
  readonly #hash = createHash("sha256");
  readonly #write: (text: string) => Promise<void>;

  constructor(write: (text: string) => Promise<void>) {
    this.#write = write;
  }

  async write(text: string, lines: number): Promise<void> {
    this.#hash.update(text, "utf8");
    this.lines += lines;
    await this.#write(text);
  }

  digest(): string {
    return this.#hash.digest("hex");
  }
}
