import { createCounters, type PlatformCounters, type SimulatorCounters } from "./counters.ts";
import { deliverFiles } from "./deliver-files.ts";
import { type Fault, FaultQueue, type HttpPlatform } from "./faults.ts";
import type { FeedRows } from "./feed-rows.ts";
import type { RowReader } from "./load-feed.ts";
import { Misbehaviour, type MisbehaviourSettings } from "./misbehaviour.ts";
import {
  createQuzhouCity,
  loadQuzhouCity,
  type QuzhouCity,
  quzhouCityDialect,
  quzhouCityReader,
} from "./quzhou-city.ts";
import { type Delay, type PageListener, type PlatformServer, servePlatform } from "./serve-platform.ts";
import { formatShanghaiTime } from "./shanghai-time.ts";
import {
  createZjIndustry,
  loadZjIndustry,
  type ZjIndustry,
  zjIndustryDialect,
  zjIndustryReader,
} from "./zj-industry.ts";
import { type DropOptions, type NaturalResourcesDrop, openNaturalResourcesDrop } from "./zj-natural-resources.ts";

export type SimulatorSecrets = {
  quzhouCity: { appId: string; secret: string };
  zjIndustry: { appKey: string; secret: string };
};

/** The credentials the simulators accept when none are given; they open nothing else. */
export const simulatorSecrets: SimulatorSecrets = {
  quzhouCity: { appId: "xueshi-demo", secret: "quzhou-city-demo-secret" },
  zjIndustry: { appKey: "xueshi-demo", secret: "zj-industry-demo-secret" },
};

export type SimulatorOptions = {
  /** A folder of feeds: `quzhou-city.jsonl`, `quzhou-city-categories.json`, `zj-industry.jsonl`, `zj-natural-resources/`. */
  feedsDir: string;
  /** 127.0.0.1 by default. */
  host?: string;
  /** 0, a free port, by default. */
  ports?: { quzhouCity?: number; zjIndustry?: number };
  secrets?: SimulatorSecrets;
  /** The most rows an HTTP page holds, whatever is asked; 2,000 by default. */
  pageRowsMax?: number;
  /** Milliseconds that an HTTP page takes besides; 0 by default. */
  pageDelayMs?: number;
  /** 1,800 by default. */
  tokenLifeSeconds?: number;
  /** A token of quzhou-city is also used up after so many requests; unlimited by default. */
  tokenRequestsMax?: number;
  /** Milliseconds since epoch: decides token life and signature skew. */
  clock?: () => number;
  /** How slow answers wait; by the machine's timers by default. */
  delay?: Delay;
  /** Where the files of zj-natural-resources arrive; without it the feed's folder itself is served, read-only. */
  exportDir?: string;
  naturalResources?: DropOptions;
};

/** `updateTime` is in ms since epoch; without it a row is one second younger than the youngest of its platform. */
export type RowTouch = {
  platform: HttpPlatform;
  id: string;
  changes?: Record<string, unknown>;
  updateTimeMs?: number;
};

export type Simulators = {
  quzhouCity: { url: string; rowCount: () => number; expireTokens: () => void; setCategories: (list: unknown) => void };
  zjIndustry: { url: string; rowCount: () => number };
  zjNaturalResources: NaturalResourcesDrop;
  counters: SimulatorCounters;
  /** Changes the latest version of a row in place of keeping it: it leaves its page and comes again under its new time. */
  touch: (touch: RowTouch) => void;
  /** Adds rows (verbatim but for a missing update time) after those with the same or an earlier update time. */
  append: (platform: HttpPlatform, rows: readonly Record<string, unknown>[]) => void;
  /** A platform loses a record with all its versions, without a trace. Throws where it has none of that id. */
  remove: (platform: HttpPlatform, id: string) => void;
  setFault: (fault: Fault) => void;
  clearFaults: () => void;
  /** Misbehaves from now on, as drawn from the seed; what is drawn for files is delivered at once. */
  misbehave: (settings: MisbehaviourSettings) => Promise<void>;
  /** Draws anew for the files that are there, as for the next night's exports. */
  redeliver: () => Promise<void>;
  /** Disarms every fault, and brings the files that are there whole. */
  behave: () => Promise<void>;
  /** Calls `listener` right after each page went out; returns how to stop it. */
  onPage: (listener: PageListener) => () => void;
  close: () => Promise<void>;
};

type Feed = {
  rows: FeedRows;
  reader: RowReader;
  timeField: string;
  writeTime: (ms: number) => unknown;
  counters: PlatformCounters;
};

/**
 * Starts the three platforms over one feeds folder, as the real ones show themselves.
 * @returns once both servers listen and the export folder is filled
 * @throws when a feed cannot be read, a port is taken or a limit is no whole number above 0
 */
export async function startSimulators(options: SimulatorOptions): Promise<Simulators> {
  const pageRowsMax = requirePositive("pageRowsMax", options.pageRowsMax ?? 2_000);
  const tokenLifeSeconds = requirePositive("tokenLifeSeconds", options.tokenLifeSeconds ?? 1_800);
  const secrets = options.secrets ?? simulatorSecrets;
  const clock = options.clock ?? Date.now;
  const counters = createCounters();
  const faults = new FaultQueue();
  const pageListeners = new Set<PageListener>();
  const city = await loadQuzhouCity(options.feedsDir);
  const industryRows = await loadZjIndustry(options.feedsDir);
  const drop = await openNaturalResourcesDrop(options.feedsDir, options.exportDir ?? null, options.naturalResources);

  const quzhouCity = createQuzhouCity({
    ...city,
    secrets: secrets.quzhouCity,
    pageRowsMax,
    tokenLifeSeconds,
    tokenRequestsMax: options.tokenRequestsMax ?? null,
    clock,
    counters: counters["quzhou-city"],
    faults,
  });
  const zjIndustry = createZjIndustry({
    rows: industryRows,
    secrets: secrets.zjIndustry,
    pageRowsMax,
    clock,
    counters: counters["zj-industry"],
    faults,
  });
  const [cityServer, industryServer] = await serveBoth(options, counters, pageListeners, quzhouCity, zjIndustry);
  const feeds: Record<HttpPlatform, Feed> = {
    "quzhou-city": cityFeed(city.rows, counters["quzhou-city"]),
    "zj-industry": industryFeed(industryRows, counters["zj-industry"]),
  };
  return {
    quzhouCity: {
      url: cityServer.url,
      rowCount: () => city.rows.count,
      expireTokens: quzhouCity.expireTokens,
      setCategories: quzhouCity.setCategories,
    },
    zjIndustry: { url: industryServer.url, rowCount: () => industryRows.count },
    zjNaturalResources: drop,
    counters,
    touch: (touch) => touchRow(feeds[touch.platform], touch),
    append: (platform, rows) => appendRows(feeds[platform], rows),
    remove: (platform, id) => removeRecord(feeds[platform], id),
    setFault: (fault) => faults.arm(fault),
    clearFaults: () => faults.clear(),
    ...misbehaving(faults, drop, counters),
    onPage(listener) {
      pageListeners.add(listener);
      return () => pageListeners.delete(listener);
    },
    async close() {
      await Promise.all([cityServer.close(), industryServer.close()]);
    },
  };
}

/** What `misbehave`, `redeliver` and `behave` do. */
function misbehaving(faults: FaultQueue, drop: NaturalResourcesDrop, counters: SimulatorCounters) {
  let settings: MisbehaviourSettings | null = null;
  const redeliver = () => deliverFiles(drop, settings, counters["zj-natural-resources"]);
  return {
    async misbehave(next: MisbehaviourSettings): Promise<void> {
      settings = next;
      faults.drawFrom(new Misbehaviour(next));
      await redeliver();
    },
    redeliver,
    async behave(): Promise<void> {
      settings = null;
      faults.clear();
      await redeliver();
    },
  };
}

async function serveBoth(
  options: SimulatorOptions,
  counters: SimulatorCounters,
  pageListeners: ReadonlySet<PageListener>,
  quzhouCity: QuzhouCity,
  zjIndustry: ZjIndustry,
): Promise<[PlatformServer, PlatformServer]> {
  const place = {
    host: options.host ?? "127.0.0.1",
    pageDelayMs: options.pageDelayMs ?? 0,
    clock: options.clock ?? Date.now,
    delay: options.delay ?? delayByTimer,
    pageListeners,
  };
  const cityServer = await servePlatform({
    ...place,
    platform: "quzhou-city",
    port: options.ports?.quzhouCity ?? 0,
    counters: counters["quzhou-city"],
    dialect: quzhouCityDialect,
    handle: quzhouCity.handle,
  });
  try {
    const industryServer = await servePlatform({
      ...place,
      platform: "zj-industry",
      port: options.ports?.zjIndustry ?? 0,
      counters: counters["zj-industry"],
      dialect: zjIndustryDialect,
      handle: zjIndustry.handle,
    });
    return [cityServer, industryServer];
  } catch (error) {
    await cityServer.close();
    throw error;
  }
}

const delayByTimer: Delay = (delayMs, then) => {
  const timer = setTimeout(then, delayMs);
  return () => clearTimeout(timer);
};

function cityFeed(rows: FeedRows, counters: PlatformCounters): Feed {
  return { rows, reader: quzhouCityReader, timeField: "UpdateTime", writeTime: formatShanghaiTime, counters };
}

function industryFeed(rows: FeedRows, counters: PlatformCounters): Feed {
  return { rows, reader: zjIndustryReader, timeField: "updateTime", writeTime: (ms) => ms, counters };
}

function touchRow(feed: Feed, touch: RowTouch): void {
  const updatedAtMs = touch.updateTimeMs ?? (feed.rows.updatedAtMsLast ?? 0) + 1_000;
  const row = { ...feed.rows.take(touch.id), ...touch.changes, [feed.timeField]: feed.writeTime(updatedAtMs) };
  insertRow(feed, row);
  feed.counters.rowsTouched += 1;
}

function appendRows(feed: Feed, rows: readonly Record<string, unknown>[]): void {
  for (const row of rows) {
    const updatedAtMs = (feed.rows.updatedAtMsLast ?? 0) + 1_000;
    insertRow(feed, { ...row, [feed.timeField]: row[feed.timeField] ?? feed.writeTime(updatedAtMs) });
    feed.counters.rowsAppended += 1;
  }
}

function removeRecord(feed: Feed, id: string): void {
  if (feed.rows.remove(id) === 0) throw new Error(`No row has the id ${id}.`);
}

function insertRow(feed: Feed, row: Record<string, unknown>): void {
  // A time nobody can read sorts last, as in a loaded feed.
  const updatedAtMs = feed.reader.updatedAtMsOf(row) ?? feed.rows.updatedAtMsLast ?? 0;
  feed.rows.insert(row, feed.reader.idOf(row), updatedAtMs);
}

function requirePositive(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} must be a whole number above 0.`);
  return value;
}
