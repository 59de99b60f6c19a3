import { type ExportHeader, exportHeaderSchema, exportTrailerSchema } from "@xueshi/contracts";
import {
  beginTransaction,
  blankPeople,
  faultOfRow,
  lockEmptyTables,
  readBuried,
  readCheckpointOf,
  readSchemaDigest,
  readTransferredColumns,
  type Sql,
  type TableColumns,
  type Transaction,
} from "@xueshi/database";
import { checkpointOfNote, type HashSuite, parseCheckpoint, type Sha256Hex, type TreeHash } from "@xueshi/domain";
import { openNote } from "@xueshi/vault";
import { InconsistentTree, type LedgerRoots, readRoots } from "../read-roots.ts";
import { ChainReader, type ReadChain } from "./chain-reader.ts";
import { entryOfRow } from "./entry-of-row.ts";
import { FeedBuilder } from "./feed-builder.ts";
import { finishChains, queueChains } from "./finish-chains.ts";
import { ImportFault } from "./import-fault.ts";
import { type ReadLine, readLines } from "./read-lines.ts";
import { RowBuffer } from "./row-buffer.ts";

export interface ImportContext {
  /** As the owner of the tables. */
  readonly sql: Sql;
  readonly suite: HashSuite;
  readonly treeHash: TreeHash;
  readonly sha256Hex: Sha256Hex;
}

export interface ImportRequest {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Whose signature the checkpoint must carry; null: it is not looked at. */
  readonly verifierKey: string | null;
  readonly progress: (done: number, total: number) => void;
}

export interface Imported {
  readonly header: ExportHeader;
  readonly rows: number;
  /** As the database states them now. */
  readonly roots: LedgerRoots;
}

const LOCK_NOT_AVAILABLE = "55P03";

/**
 * Takes a file of `exportLedger` into a database that holds no ledger, in one transaction: what is there afterwards is the
 * whole of it or nothing. Every line is checked against its table, chains are hashed anew, caches and the tree are built
 * from the entries, and the roots must be those of the header's checkpoint. Throws {@link ImportFault}.
 */
export async function importLedger(context: ImportContext, request: ImportRequest): Promise<Imported> {
  return beginTransaction(context.sql, (tx) => new LedgerImport(tx, context, request).run());
}

class LedgerImport {
  readonly #tx: Transaction;
  readonly #context: ImportContext;
  readonly #request: ImportRequest;
  readonly #rows: RowBuffer;
  readonly #chains: ChainReader;
  readonly #feed: FeedBuilder;
  readonly #counts: Record<string, number> = {};
  #tables: readonly TableColumns[] = [];
  #place = 0;
  #done = 0;
  #chainCount = 0;
  /** Of an export of one person: the chains, which get positions of their own. */
  #ownChains: ReadChain[] | null = null;

  constructor(tx: Transaction, context: ImportContext, request: ImportRequest) {
    this.#tx = tx;
    this.#context = context;
    this.#request = request;
    this.#rows = new RowBuffer(tx);
    this.#chains = new ChainReader(context.suite);
    this.#feed = new FeedBuilder(tx, context.treeHash);
  }

  async run(): Promise<Imported> {
    const lines = readLines(this.#request.chunks);
    const first = await lines.next();
    const header = await this.#begin(first.done === true ? null : first.value);
    const total = Object.values(header.counts).reduce((sum, count) => sum + count, 0);
    let trailer: (ReadLine & { readonly digest: string }) | null = null;
    let last = 1;
    for await (const line of lines) {
      last = line.number;
      if (trailer !== null) throw new ImportFault("line_invalid", line.number, "it follows the trailer");
      if ("trailer" in line.value) trailer = { ...line, digest: line.digestBefore() };
      else await this.#takeRow(line);
      if (this.#done % 1_000 === 0) this.#request.progress(this.#done, total);
    }
    if (trailer === null) throw new ImportFault("file_cut_off", last, "the file ends without its trailer");
    this.#chains.end();
    await this.#flush();
    this.#checkTrailer(trailer, header);
    const roots = await this.#finish(header);
    this.#request.progress(this.#done, total);
    return { header, rows: this.#done, roots };
  }

  async #begin(line: ReadLine | null): Promise<ExportHeader> {
    const parsed = exportHeaderSchema.safeParse(line?.value);
    if (!parsed.success) throw new ImportFault("header_invalid", 1, "it is not the header of a ledger export");
    const { header } = parsed.data;
    const { verifierKey } = this.#request;
    if (verifierKey !== null && openNote(header.checkpoint, verifierKey) === null) {
      throw new ImportFault("signature_invalid", 1, "the checkpoint is not signed by the holder of the key");
    }
    const own = await readSchemaDigest(this.#tx);
    if (own.digest !== header.schema.digest) {
      const said = `the file was written after ${header.schema.migrations} migrations, the database has ${own.migrations}`;
      throw new ImportFault("schema_differs", null, `${said}; both must be of one version`);
    }
    const filled = await lockEmptyTables(this.#tx).catch((error: unknown) => {
      const isLocked = error instanceof Error && "code" in error && error.code === LOCK_NOT_AVAILABLE;
      throw isLocked ? new ImportFault("database_in_use", null, "somebody is writing to the database") : error;
    });
    if (filled.length > 0) {
      throw new ImportFault("database_not_empty", null, `the database holds rows already: ${filled.join(", ")}`);
    }
    this.#ownChains = header.scope === null ? null : [];
    this.#tables = await readTransferredColumns(this.#tx);
    return header;
  }

  async #takeRow({ number, value }: ReadLine): Promise<void> {
    const { table: name, row, ...others } = value;
    const place = this.#tables.findIndex(({ table }) => table === name);
    const table = this.#tables[place];
    if (table === undefined || Object.keys(others).length > 0) {
      throw new ImportFault("line_invalid", number, "it is not a row of a table that an export holds");
    }
    if (place < this.#place) throw new ImportFault("line_invalid", number, `${table.table} comes too late`);
    const fault = faultOfRow(table, row);
    if (fault !== null) throw new ImportFault("line_invalid", number, `${table.table}: ${fault}`);
    this.#place = place;
    if (this.#rows.isFull(table)) await this.#flush();
    this.#rows.add(table, row as object, number);
    this.#counts[table.table] = (this.#counts[table.table] ?? 0) + 1;
    this.#done += 1;
    this.#follow(table, row as never, number);
  }

  #follow({ table }: TableColumns, row: never, line: number): void {
    if (table === "ledger.entry") {
      const entry = entryOfRow(row);
      if (entry === null) throw new ImportFault("line_invalid", line, "a time is finer than a millisecond");
      this.#chains.add(entry, line);
      return;
    }
    this.#chains.end();
    if (table === "ledger.feed") this.#feed.addFeedRow(row, line);
    else if (table === "ledger.outbox") this.#feed.addOutboxRow(row, line);
  }

  async #flush(): Promise<void> {
    await this.#rows.write();
    const chains = this.#chains.take();
    this.#chainCount += chains.length;
    await finishChains(this.#tx, chains, this.#context.sha256Hex);
    this.#ownChains?.push(...chains);
    await this.#feed.build(false);
  }

  #checkTrailer(line: ReadLine & { readonly digest: string }, header: ExportHeader): void {
    const parsed = exportTrailerSchema.safeParse(line.value);
    if (!parsed.success) throw new ImportFault("line_invalid", line.number, "it is not a trailer");
    const { lines, counts, sha256 } = parsed.data.trailer;
    if (sha256 !== line.digest) {
      throw new ImportFault("digest_differs", line.number, "sha256 is not that of the lines before");
    }
    const isSame = [header.counts, counts].every((said) =>
      this.#tables.every(({ table }) => (said[table] ?? 0) === (this.#counts[table] ?? 0)),
    );
    if (!isSame || lines !== line.number - 1) {
      throw new ImportFault("counts_differ", line.number, "the counts are not those of the lines before");
    }
  }

  async #finish(header: ExportHeader): Promise<LedgerRoots> {
    await this.#feed.build(true);
    // Whatever a file says of somebody who was erased: it may be from the middle of an erasure.
    await blankPeople(this.#tx, await readBuried(this.#tx));
    const newest = await readCheckpointOf(this.#tx, null);
    const roots = await readRoots(this.#tx, newest, this.#context.treeHash).catch((cause: unknown) => {
      if (!(cause instanceof InconsistentTree)) throw cause;
      throw new ImportFault("checkpoint_differs", null, "a kept checkpoint is not that of the feed", { cause });
    });
    const entries = this.#counts["ledger.entry"] ?? 0;
    if (roots.heads !== this.#chainCount) {
      throw new ImportFault("chain_broken", null, "there are heads whose chains are not in the file");
    }
    if (this.#ownChains !== null) {
      await queueChains(this.#tx, this.#ownChains);
      return roots;
    }
    if (this.#feed.entries !== entries) {
      throw new ImportFault("counts_differ", null, "there are entries that are not in the feed and do not wait for it");
    }
    const stated = checkpointOfNote(header.checkpoint) ?? parseCheckpoint(header.checkpoint);
    const isSame =
      stated?.size === roots.size &&
      stated.root === roots.root &&
      stated.heads === roots.heads &&
      stated.headsRoot === roots.headsRoot;
    if (!isSame) {
      throw new ImportFault("checkpoint_differs", 1, "the checkpoint is not that of the rows that follow");
    }
    return roots;
  }
}
