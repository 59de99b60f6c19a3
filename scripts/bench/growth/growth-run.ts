import { median } from "../statistics.ts";

/** One run on one ledger. CPU microseconds are those of an answer, or of a record that is posted. */
export interface GrowthRun {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serviceCpuUs: number;
  readonly postgresCpuUs: number;
}

/** The medians of some runs. */
export function middleOf(runs: readonly GrowthRun[]): GrowthRun {
  const middle = (read: (run: GrowthRun) => number) => median(runs.map(read));
  return {
    perSecond: middle((run) => run.perSecond),
    p50Ms: middle((run) => run.p50Ms),
    p99Ms: middle((run) => run.p99Ms),
    serviceCpuUs: middle((run) => run.serviceCpuUs),
    postgresCpuUs: middle((run) => run.postgresCpuUs),
  };
}
