import type { Row } from "../figure-row.ts";
import { median } from "../statistics.ts";
import type { AuditFigure, AuditRun } from "./measure-audit.ts";

const US_PER_SECOND = 1_000_000;

/** A line for what went through the ledger, beside its limit, and what an entry cost each. */
export function auditRows(figure: AuditFigure): Row[] {
  const { name, limitName, entries, pairs, perSecond, limitPerSecond, ratio, hashedPerSecond } = figure;
  const costOf = (runs: readonly AuditRun[]): string => {
    const us = (read: (run: AuditRun) => number) => ((median(runs.map(read)) * US_PER_SECOND) / entries).toFixed(1);
    return `own ${us((run) => run.ownCpuSeconds)}, postgres ${us((run) => run.postgresCpuSeconds)}`;
  };
  const hashed = hashedPerSecond === null ? "" : `; SHA-256 alone ${Math.round(hashedPerSecond)}/s a thread`;
  const costs = `CPU µs/entry: ${costOf(pairs.map((pair) => pair.ours))}; limit ${costOf(pairs.map((pair) => pair.limit))}`;
  return [
    {
      ...{ name, ours: `${Math.round(perSecond)} entries/s`, peer: `${Math.round(limitPerSecond)}/s ${limitName}` },
      ...{ ratio: ratio.toFixed(2), note: `${entries} entries${hashed}` },
    },
    { name: "", ours: "", peer: "", ratio: "", note: costs },
  ];
}
