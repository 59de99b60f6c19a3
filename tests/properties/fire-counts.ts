import type { SimulatorCounters } from "@xueshi/scripts/simulators";

/** What really happened in all runs of a suite, so that it can say whether its faults ever fired. */
export class FireCounts {
  /** By kind, all platforms together. */
  readonly faults: Record<string, number> = {};
  /** By process and moment. */
  readonly deaths: Record<string, number> = {};
  /** Pulls by how they ended. */
  readonly ends: Record<string, number> = {};
  pagesFromFuture = 0;

  /** Adds what simulators have counted; call it once for each of them. */
  add(counters: SimulatorCounters): void {
    const { "quzhou-city": city, "zj-industry": industry, "zj-natural-resources": files } = counters;
    for (const fired of [city.faultsFired, industry.faultsFired, files.faultsPlaced]) {
      for (const [kind, count] of Object.entries(fired)) this.faults[kind] = (this.faults[kind] ?? 0) + count;
    }
    this.pagesFromFuture += city.pagesFromFuture + industry.pagesFromFuture;
  }

  die(process: string, before: string): void {
    const death = `${process} before ${before}`;
    this.deaths[death] = (this.deaths[death] ?? 0) + 1;
  }

  end(state: string, reason: string | null): void {
    const end = reason === null ? state : `${state}: ${reason}`;
    this.ends[end] = (this.ends[end] ?? 0) + 1;
  }
}
