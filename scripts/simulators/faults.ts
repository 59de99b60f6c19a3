/** The platforms that are asked over HTTP. */
export type HttpPlatform = "quzhou-city" | "zj-industry";

/** `rows`: the list of hours (default); `login` and `categories` exist at quzhou-city only. */
export type SimulatedRoute = "rows" | "login" | "categories";

/**
 * What goes wrong with an answer as a whole, each seen in a real platform or network:
 * - `status`: answers `statusCode` (500), with `retryAfterSeconds` if given · `ok_with_error`: HTTP 200 with an error body
 * - `not_auth`: as if the login had expired · `hang`: never answers · `slow`: answers after `delayMs`
 * - `disconnect`: closes without an answer · `half_body`: announces the whole body, sends half, closes
 * - `reset`: the same with a reset of the connection · `cut_body`: the body ends early, and its length says so too
 * - `redirect`: sends to another host, `location` · `wrong_encoding`: GB18030 that calls itself UTF-8
 */
const ANSWER_FAULTS = [
  "status",
  "ok_with_error",
  "not_auth",
  "hang",
  "slow",
  "disconnect",
  "half_body",
  "reset",
  "cut_body",
  "redirect",
  "wrong_encoding",
] as const;

/**
 * What goes wrong with a list:
 * - `short_list`: only the last `rowsMax` (8 by default) rows, total and cursor as if whole · `half_page`: the first half
 * - `empty_list`: a well-formed answer that there is nothing · `duplicate_page`: the page served before, again
 * - `reordered_rows`: the page in another order · `schema_drift`: a field has another name
 * - `total_rows`: 总学时 rows stand among the others · `clock_skew`: the signature is refused, by a clock that is wrong
 */
const LIST_FAULTS = [
  "short_list",
  "half_page",
  "empty_list",
  "duplicate_page",
  "reordered_rows",
  "schema_drift",
  "total_rows",
  "clock_skew",
] as const;

export const FAULT_KINDS = [...ANSWER_FAULTS, ...LIST_FAULTS] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

const IN_CATEGORIES: readonly FaultKind[] = [...ANSWER_FAULTS, "empty_list", "half_page", "schema_drift"];
const IN_LOGIN: readonly FaultKind[] = ANSWER_FAULTS.filter((kind) => kind !== "wrong_encoding");
/** A platform without total rows, or without signatures, cannot get these wrong. */
const OF_INDUSTRY: readonly FaultKind[] = ["total_rows", "clock_skew"];

/** Whether a fault can happen to a route at all. */
export function canHappen(kind: FaultKind, platform: HttpPlatform, route: SimulatedRoute): boolean {
  if (route === "login") return IN_LOGIN.includes(kind);
  if (route === "categories") return IN_CATEGORIES.includes(kind);
  return platform === "zj-industry" || !OF_INDUSTRY.includes(kind);
}

/**
 * A fault to arm: it lets `afterRequests` (0) good requests of the route pass, then strikes `count` (1) times.
 * One that would change nothing (a list already shorter than `rowsMax`, no page served before) stays armed.
 * `salt` chooses where there is a choice: the field, the order, the place of the cut.
 */
export type Fault = {
  platform: HttpPlatform;
  kind: FaultKind;
  route?: SimulatedRoute;
  afterRequests?: number;
  count?: number;
  statusCode?: number;
  retryAfterSeconds?: number;
  delayMs?: number;
  rowsMax?: number;
  location?: string;
  salt?: number;
};

/** Draws the fault of a request that no armed fault strikes. */
export type FaultDraw = {
  next: (platform: HttpPlatform, route: SimulatedRoute, canStrike: (fault: Fault) => boolean) => Fault | null;
};

type ArmedFault = { fault: Fault; requestsToPass: number; strikesLeft: number };

/** The faults that wait for their request, and behind them the ones that are drawn for each request. */
export class FaultQueue {
  #armed: ArmedFault[] = [];
  #draw: FaultDraw | null = null;

  /** @throws RangeError when a count is not a whole number or Infinity, or the route cannot have the fault. */
  arm(fault: Fault): void {
    const count = fault.count ?? 1;
    const afterRequests = fault.afterRequests ?? 0;
    if (!(count === Number.POSITIVE_INFINITY || (Number.isInteger(count) && count > 0))) {
      throw new RangeError("count must be a whole number above 0, or Infinity.");
    }
    if (!Number.isInteger(afterRequests) || afterRequests < 0) {
      throw new RangeError("afterRequests must be a whole number, 0 or more.");
    }
    const route = fault.route ?? "rows";
    if (!canHappen(fault.kind, fault.platform, route)) {
      throw new RangeError(`${fault.kind} cannot happen to ${route} of ${fault.platform}.`);
    }
    this.#armed.push({ fault, requestsToPass: afterRequests, strikesLeft: count });
  }

  /** What is drawn for requests that no armed fault strikes; null: nothing. */
  drawFrom(draw: FaultDraw | null): void {
    this.#draw = draw;
  }

  clear(): void {
    this.#armed = [];
    this.#draw = null;
  }

  /**
   * The fault that strikes this request, if any; every waiting fault of the route sees one more request pass.
   * @param canStrike whether the fault would make a difference to this request
   */
  next(platform: HttpPlatform, route: SimulatedRoute, canStrike: (fault: Fault) => boolean = () => true): Fault | null {
    let striking: ArmedFault | null = null;
    for (const armed of this.#armed) {
      if (armed.fault.platform !== platform || (armed.fault.route ?? "rows") !== route) continue;
      if (armed.requestsToPass > 0) armed.requestsToPass -= 1;
      else if (striking === null && canStrike(armed.fault)) striking = armed;
    }
    if (striking === null) return this.#draw?.next(platform, route, canStrike) ?? null;
    striking.strikesLeft -= 1;
    if (striking.strikesLeft === 0) this.#armed = this.#armed.filter((armed) => armed !== striking);
    return striking.fault;
  }
}
