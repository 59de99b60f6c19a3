import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** What can be measured; the order is the order of the runs. */
export const FIGURES = [
  ...(["rules", "posting", "verify", "rebuild", "feed"] as const),
  ...(["pull", "push", "stream", "visible", "upload", "check", "batch"] as const),
] as const;
/** What is measured only where it is named: it takes the better part of an hour. */
const NAMED_FIGURES = ["growth"] as const;
export type Figure = (typeof FIGURES)[number] | (typeof NAMED_FIGURES)[number];

export interface BenchOptions {
  readonly help: boolean;
  readonly figures: ReadonlySet<Figure>;
  /** Rows of the generated feed, about. */
  readonly rows: number;
  /** Records of the streamed push. */
  readonly records: number;
  /** Records of the ledger that is verified, rebuilt and followed, about. */
  readonly ledgerRecords: number;
  /** Entries of the large ledger that growth is measured on, about. */
  readonly entries: number;
  /** Absolute path of the folder in which its ledgers are kept and found again; null: they are removed. */
  readonly keptDir: string | null;
  /** Interleaved pairs of ours and a limit or peer; ratios are their medians. */
  readonly pairs: number;
  /** Duration of one closed-loop run of checks, milliseconds. */
  readonly roundMs: number;
  /** Absolute paths; null: not written. */
  readonly jsonFile: string | null;
  readonly profileDir: string | null;
}

const ROWS_WITHOUT_PULL = 40_000;

export const HELP = `xueshi bench: figures beside their limits, in the same run

Usage: pnpm bench [options]

Starts an embedded PostgreSQL, the simulated platforms and the services as processes of its own on 127.0.0.1, measures,
prints a table (ours, limit or peer, ratio) and stops everything. A full run takes about ten minutes.

  --only LIST      of rules,posting,verify,rebuild,feed,pull,push,stream,visible,upload,check,batch (default: these),
                   or growth
  --rows N         rows of the generated feed (default 400000; ${ROWS_WITHOUT_PULL} when pull is not measured)
  --records N      records of the streamed push (default 200000)
  --ledger N       records of the ledger that is verified, rebuilt and followed (default 100000)
  --entries N      entries of growth's large ledger (default 10000000)
  --keep DIR       growth's ledgers are filled there once, and measured again by later runs (default: removed)
  --pairs N        interleaved pairs of ours and limit; ratios are their medians (default 7)
  --round-ms N     one closed-loop run of checks (default 3000)
  --json FILE      write every figure as JSON
  --profile DIR    write a CPU profile of each service there
  --help           this text

rules needs no server: evaluations beside other rule engines, which npm installs into the data directory for it.
posting: the ledger service's own posting, in batches of 1000 and one by one, beside raw writing of the same rows and two event
stores, installed the same way, that append an event per record to its person's stream, checked and deduplicated.
verify, rebuild, feed: a ledger that was posted, gone through whole: verified with two threads, chains and balances only, plainly and
with --full; its projections derived anew; its feed read in pages. Beside the same rows copied by two sessions, copied and hashed by
two threads, or inserted by the server alone.
growth: checks, lists of entries, pages of the feed and posting in a ledger of --entries entries beside one of 100000, and what each
table and index takes for an entry. Filling ten million takes about 110 µs of CPU an entry, thus ten minutes of two idle cores,
and 30 GB of disk, of which 14 GB stay with --keep.

Environment: REDIS_URL puts the queue on Redis instead of PostgreSQL; XUESHI_DATA_DIR says where the temporary data
directory is made (default .data). Read ratios, not absolutes: the machine is part of every figure.
`;

/**
 * Reads the command line.
 * @throws Error with a sentence for the person who typed it
 */
export function readOptions(args: readonly string[], cwd: string): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", default: FIGURES.join(",") },
      rows: { type: "string" },
      records: { type: "string", default: "200000" },
      ledger: { type: "string", default: "100000" },
      entries: { type: "string", default: "10000000" },
      keep: { type: "string" },
      pairs: { type: "string", default: "7" },
      "round-ms": { type: "string", default: "3000" },
      json: { type: "string" },
      profile: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const figures = new Set(values.only.split(",").map(readFigure));
  return {
    help: values.help,
    figures,
    rows: readInteger(
      "rows",
      values.rows ?? String(figures.has("pull") ? 400_000 : ROWS_WITHOUT_PULL),
      2_000,
      5_000_000,
    ),
    records: readInteger("records", values.records, 1_000, 5_000_000),
    ledgerRecords: readInteger("ledger", values.ledger, 1_000, 50_000_000),
    entries: readInteger("entries", values.entries, 200_000, 100_000_000),
    keptDir: values.keep === undefined ? null : resolve(cwd, values.keep),
    pairs: readInteger("pairs", values.pairs, 1, 100),
    roundMs: readInteger("round-ms", values["round-ms"], 100, 60_000),
    jsonFile: values.json === undefined ? null : resolve(cwd, values.json),
    profileDir: values.profile === undefined ? null : resolve(cwd, values.profile),
  };
}

function readFigure(text: string): Figure {
  const known = [...FIGURES, ...NAMED_FIGURES];
  const figure = known.find((one) => one === text.trim());
  if (figure === undefined) throw new Error(`--only takes a list of ${known.join(", ")}.`);
  return figure;
}

function readInteger(name: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new Error(`--${name} takes a whole number from ${minimum} to ${maximum}.`);
}
