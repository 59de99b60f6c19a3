import type { FaultKind, HttpPlatform } from "./faults.ts";
import type { FileFaultKind } from "./file-faults.ts";

/** What one HTTP platform was asked and what it did; read it to prove that a fault really happened. */
export type PlatformCounters = {
  requests: number;
  /** Pages of hours that went out whole and the rows in them; a page broken by a fault is not one. */
  pages: number;
  rowsServed: number;
  /** Whole pages whose last row was changed later than the simulators' clock says it is. */
  pagesFromFuture: number;
  logins: number;
  loginsRefused: number;
  /** Requests with a token whose life or number of requests was used up. */
  expired: number;
  /** Requests with no token or signature, or a wrong one; `skewed` are those with a right key but a bad time. */
  unauthorised: number;
  skewed: number;
  badRequests: number;
  rowsTouched: number;
  rowsAppended: number;
  faultsFired: Partial<Record<FaultKind, number>>;
};

/** Faults that were put in place of an export; that they were met shows in what the reader says of the file. */
export type FileCounters = { deliveries: number; faultsPlaced: Partial<Record<FileFaultKind, number>> };

export type SimulatorCounters = Record<HttpPlatform, PlatformCounters> & { "zj-natural-resources": FileCounters };

export function createCounters(): SimulatorCounters {
  return {
    "quzhou-city": createPlatformCounters(),
    "zj-industry": createPlatformCounters(),
    "zj-natural-resources": { deliveries: 0, faultsPlaced: {} },
  };
}

function createPlatformCounters(): PlatformCounters {
  return {
    requests: 0,
    pages: 0,
    rowsServed: 0,
    pagesFromFuture: 0,
    logins: 0,
    loginsRefused: 0,
    expired: 0,
    unauthorised: 0,
    skewed: 0,
    badRequests: 0,
    rowsTouched: 0,
    rowsAppended: 0,
    faultsFired: {},
  };
}
