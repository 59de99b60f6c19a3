/** The platforms that are asked over HTTP. */
export type HttpPlatform = "quzhou-city" | "zj-industry";

/** `rows`: the list of hours (default); `login` and `categories` exist at quzhou-city only. */
export type SimulatedRoute = "rows" | "login" | "categories";

/**
 * What goes wrong, each seen in a real platform or network:
 * - `status`: answers `statusCode` (500 by default) · `ok_with_error`: HTTP 200 with an error body
 * - `not_auth`: as if the login had expired · `hang`: never answers · `slow`: answers after `delayMs`
 * - `disconnect`: closes without an answer · `half_body`: announces the whole body, sends half, closes
 * - `short_list`: only the last `rowsMax` (8 by default) rows of the page, total and cursor as if whole
 * - `empty_list`: a well-formed answer that there is nothing · `duplicate_page`: the page served before, again
 * - `schema_drift`: the hours field has another name
 */
export type FaultKind =
  | "status"
  | "ok_with_error"
  | "not_auth"
  | "hang"
  | "slow"
  | "disconnect"
  | "half_body"
  | "short_list"
  | "empty_list"
  | "duplicate_page"
  | "schema_drift";

/**
 * A fault to arm: it lets `afterRequests` (0) good requests of the route pass, then strikes `count` (1) times.
 * One that would change nothing (a list already shorter than `rowsMax`, no page served before) stays armed.
 */
export type Fault = {
  platform: HttpPlatform;
  kind: FaultKind;
  route?: SimulatedRoute;
  afterRequests?: number;
  count?: number;
  statusCode?: number;
  delayMs?: number;
  rowsMax?: number;
};

type ArmedFault = { fault: Fault; requestsToPass: number; strikesLeft: number };

/** The faults that wait for their request. */
export class FaultQueue {
  #armed: ArmedFault[] = [];

  /** @throws RangeError when a count is not a whole number or Infinity. */
  arm(fault: Fault): void {
    const count = fault.count ?? 1;
    const afterRequests = fault.afterRequests ?? 0;
    if (!(count === Number.POSITIVE_INFINITY || (Number.isInteger(count) && count > 0))) {
      throw new RangeError("count must be a whole number above 0, or Infinity.");
    }
    if (!Number.isInteger(afterRequests) || afterRequests < 0) {
      throw new RangeError("afterRequests must be a whole number, 0 or more.");
    }
    this.#armed.push({ fault, requestsToPass: afterRequests, strikesLeft: count });
  }

  clear(): void {
    this.#armed = [];
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
    if (striking === null) return null;
    striking.strikesLeft -= 1;
    if (striking.strikesLeft === 0) this.#armed = this.#armed.filter((armed) => armed !== striking);
    return striking.fault;
  }
}
