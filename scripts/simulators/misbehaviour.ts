import { drawSalt, drawShare } from "./draw.ts";
import {
  canHappen,
  FAULT_KINDS,
  type Fault,
  type FaultKind,
  type HttpPlatform,
  type SimulatedRoute,
} from "./faults.ts";
import { FILE_FAULT_KINDS, type FileFaultKind } from "./file-faults.ts";

export type MisbehaviourName = FaultKind | FileFaultKind;

/** How platforms misbehave: the same settings and the same sequence of requests give the same faults. */
export type MisbehaviourSettings = {
  seed: number;
  /** Name → share of the requests (of the files, at each delivery) that it strikes, 0 to 1. */
  rates: Readonly<Partial<Record<MisbehaviourName, number>>>;
  /** After so many strikes over HTTP the platforms behave; unlimited by default. */
  strikesMax?: number;
  /** The same for each kind of each platform. */
  strikesMaxOfKind?: number;
  /** Only requests of these routes are struck; all by default. */
  routes?: readonly SimulatedRoute[];
  /** So many requests of each route pass first; 0 by default. */
  requestsToPass?: number;
  /** The longest `slow`, milliseconds; 2,000 by default. */
  slowMsMax?: number;
  /** What `short_list` leaves; 8 by default. */
  shortListRows?: number;
  /** Where `redirect` leads; nowhere by default. */
  elsewhere?: string;
};

export const ROUTES = ["rows", "login", "categories"] as const satisfies readonly SimulatedRoute[];
const STATUSES = [500, 502, 503] as const;
const SLOW_MS_MAX = 2_000;
const RETRY_AFTER_SECONDS_MAX = 5;
/** A host that nobody has (RFC 2606). */
const ELSEWHERE = "http://elsewhere.invalid/";

/**
 * Reads `name=rate,name=rate`; `all` stands for every name that has no rate of its own.
 * @throws Error naming the part that is wrong
 */
export function parseRates(text: string): Partial<Record<MisbehaviourName, number>> {
  const rates: Partial<Record<MisbehaviourName, number>> = {};
  for (const part of text.split(",").filter((one) => one.trim() !== "")) {
    const [name = "", value = ""] = part.split("=").map((side) => side.trim());
    const rate = Number(value);
    if (value === "" || !(rate >= 0 && rate <= 1)) throw new Error(`${part}: a rate is a number from 0 to 1.`);
    if (name === "all") Object.assign(rates, { ...allAt(rate), ...rates });
    else if (isMisbehaviourName(name)) rates[name] = rate;
    else throw new Error(`${name} is no misbehaviour; there are ${misbehaviourNames().join(", ")}.`);
  }
  return rates;
}

export function misbehaviourNames(): readonly MisbehaviourName[] {
  return [...FAULT_KINDS, ...FILE_FAULT_KINDS];
}

function isMisbehaviourName(name: string): name is MisbehaviourName {
  return (misbehaviourNames() as readonly string[]).includes(name);
}

function allAt(rate: number): Partial<Record<MisbehaviourName, number>> {
  return Object.fromEntries(misbehaviourNames().map((name) => [name, rate]));
}

/** Draws the faults of the HTTP platforms, a request at a time. */
export class Misbehaviour {
  readonly #settings: MisbehaviourSettings;
  readonly #requests = new Map<string, number>();
  readonly #strikes = new Map<string, number>();
  #strikesLeft: number;

  constructor(settings: MisbehaviourSettings) {
    this.#settings = settings;
    this.#strikesLeft = settings.strikesMax ?? Number.POSITIVE_INFINITY;
  }

  /** The fault of the route's next request, or null. */
  next(platform: HttpPlatform, route: SimulatedRoute, canStrike: (fault: Fault) => boolean): Fault | null {
    const { seed, rates, routes = ROUTES, requestsToPass = 0 } = this.#settings;
    const { strikesMaxOfKind = Number.POSITIVE_INFINITY } = this.#settings;
    const place = `${platform}/${route}`;
    const request = (this.#requests.get(place) ?? 0) + 1;
    this.#requests.set(place, request);
    if (this.#strikesLeft <= 0 || request <= requestsToPass || !routes.includes(route)) return null;
    const candidates = FAULT_KINDS.filter((kind) => drawShare(seed, place, request, kind) < (rates[kind] ?? 0))
      .filter((kind) => canHappen(kind, platform, route))
      .filter((kind) => (this.#strikes.get(`${platform}/${kind}`) ?? 0) < strikesMaxOfKind)
      .map((kind) => faultOf(kind, platform, route, drawSalt(seed, place, request, kind, "salt"), this.#settings))
      .filter(canStrike);
    const fault = candidates[drawSalt(seed, place, request) % Math.max(1, candidates.length)];
    if (fault === undefined) return null;
    const counted = `${platform}/${fault.kind}`;
    this.#strikes.set(counted, (this.#strikes.get(counted) ?? 0) + 1);
    this.#strikesLeft -= 1;
    return fault;
  }
}

/** A fault with everything that there is to choose chosen by its salt. */
function faultOf(
  kind: FaultKind,
  platform: HttpPlatform,
  route: SimulatedRoute,
  salt: number,
  settings: MisbehaviourSettings,
): Fault {
  const fault: Fault = { platform, route, kind, salt };
  switch (kind) {
    case "status": {
      const statusCode = STATUSES[salt % STATUSES.length] ?? 500;
      const retryAfterSeconds = 1 + (salt % RETRY_AFTER_SECONDS_MAX);
      return { ...fault, statusCode, ...(statusCode === 503 ? { retryAfterSeconds } : {}) };
    }
    case "slow":
      return { ...fault, delayMs: 1 + (salt % (settings.slowMsMax ?? SLOW_MS_MAX)) };
    case "short_list":
      return settings.shortListRows === undefined ? fault : { ...fault, rowsMax: settings.shortListRows };
    case "redirect":
      return { ...fault, location: settings.elsewhere ?? ELSEWHERE };
    default:
      return fault;
  }
}
