import type { Row } from "../figure-row.ts";
import type { GrowthRun } from "./growth-run.ts";
import type { GrowthComparison, GrowthFigure, LedgerFigure } from "./measure-growth.ts";
import { bytesPerEntry, type StorageFigure } from "./read-storage.ts";

/** Tables and indexes that take less for an entry are summed up. */
const BYTES_SHOWN_MIN = 1;

/** A line for each question to both ledgers, and what tables and indexes take for an entry. */
export function growthRows(figure: GrowthFigure): Row[] {
  const { small, large, comparisons } = figure;
  return [
    ...[small, large].map((ledger) => note(ledgerLine(ledger))),
    ...comparisons.map((comparison) => comparisonRow(comparison, figure)),
    ...storageRows(figure),
  ];
}

function ledgerLine({ entries, people, fillSeconds, verified, storage }: LedgerFigure): string {
  const filled = fillSeconds === null ? "filled by an earlier run" : `filled in ${fillSeconds.toFixed(0)} s`;
  const gigabytes = storage.reduce((sum, { bytes }) => sum + bytes, 0) / 1e9;
  return `${entries} entries of ${people} people, ${filled}, ${gigabytes.toFixed(2)} GB; ${verified} of them verified`;
}

function comparisonRow(comparison: GrowthComparison, { large }: GrowthFigure): Row {
  const { name, small, large: grown, ratioP50, ratioP99 } = comparison;
  return {
    name: `${name}, ${large.entries} entries`,
    ours: latency(grown),
    peer: `${latency(small)} at 100000`,
    ratio: ratioP50.toFixed(2),
    note: `p99 ${ratioP99.toFixed(2)}; ${costs(grown)}; at 100000 ${costs(small)}`,
  };
}

function storageRows({ small, large }: GrowthFigure): Row[] {
  const perEntry = (ledger: LedgerFigure, { bytes }: StorageFigure) => bytes / ledger.entries;
  const smallOf = new Map(small.storage.map((one) => [one.name, perEntry(small, one)]));
  const shown = large.storage.filter((one) => perEntry(large, one) >= BYTES_SHOWN_MIN);
  const rest = large.storage.filter((one) => !shown.includes(one));
  const row = (name: string, ours: number, peer: number | undefined, text: string): Row => ({
    ...{ name, ours: `${ours.toFixed(0)} bytes/entry`, ratio: "", note: text },
    peer: peer === undefined ? "" : `${peer.toFixed(0)} at 100000`,
  });
  return [
    row(
      "storage, everything",
      bytesPerEntry(large.storage, large.entries),
      bytesPerEntry(small.storage, small.entries),
      `the rest, ${bytesPerEntry(rest, large.entries).toFixed(1)}, is not listed`,
    ),
    ...shown.map((one) =>
      row(
        one.of === null ? one.name : `  ${one.name}`,
        perEntry(large, one),
        smallOf.get(one.name),
        one.of === null ? `${one.rows} rows` : "",
      ),
    ),
  ];
}

function latency({ p50Ms, p99Ms }: GrowthRun): string {
  return `${ms(p50Ms)}/${ms(p99Ms)}`;
}

function costs({ perSecond, serviceCpuUs, postgresCpuUs }: GrowthRun): string {
  return `${Math.round(perSecond)}/s, CPU µs service ${serviceCpuUs.toFixed(0)}, postgres ${postgresCpuUs.toFixed(0)}`;
}

const note = (text: string): Row => ({ name: "", ours: "", peer: "", ratio: "", note: text });
const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
