import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { createReconciliation, type RecordReader } from "./answer-reconciliation.ts";
import { createRowsAnswer } from "./answer-rows.ts";
import type { PlatformCounters } from "./counters.ts";
import type { FaultKind, FaultQueue } from "./faults.ts";
import type { FeedRows } from "./feed-rows.ts";
import { joinRows } from "./join-rows.ts";
import { loadFeed, type RowReader } from "./load-feed.ts";
import { parseWholeNumber } from "./parse-whole-number.ts";
import { jsonReply, type PlatformDialect, type Reply } from "./serve-platform.ts";
import { parseShanghaiTime } from "./shanghai-time.ts";

const LOGIN_BYTES_MAX = 16_384;
const NOT_AUTH = { code: -2, msg: "not_auth" };

export const quzhouCityReader: RowReader = {
  idOf: (row) => String(row.Id),
  updatedAtMsOf: (row) => parseShanghaiTime(row.UpdateTime),
};

const STATUSES = { "1": "pending", "2": "pending", "3": "final", "9": "withdrawn" } as const;

const readEntry: RecordReader = (row) => {
  const updatedAtMs = parseShanghaiTime(row.UpdateTime);
  const status = STATUSES[String(row.Status ?? "").trim() as keyof typeof STATUSES] ?? null;
  return updatedAtMs === null ? null : { id: String(row.Id), updatedAtMs, hours: String(row.Credit ?? ""), status };
};

export const quzhouCityDialect: PlatformDialect = {
  okWithErrorBody: JSON.stringify({ code: 500, msg: "system busy" }),
  notAuth: { statusCode: 200, body: JSON.stringify(NOT_AUTH) },
  fields: ["Credit", "Status", "CreditTime", "IdCard", "RealName", "CategoryId", "Name", "UpdateTime", "Id"],
  catalogueFields: ["CategoryId", "ClassTypeId"],
};

export type QuzhouCityOptions = {
  rows: FeedRows;
  categories: unknown;
  secrets: { appId: string; secret: string };
  /** The most rows a page holds, whatever the client asks; the page index counts pages of the size really served. */
  pageRowsMax: number;
  tokenLifeSeconds: number;
  /** A token also expires after this many requests that used it; null: by time alone. */
  tokenRequestsMax: number | null;
  clock: () => number;
  counters: PlatformCounters;
  faults: FaultQueue;
};

export type QuzhouCity = {
  handle: (request: IncomingMessage) => Promise<Reply>;
  expireTokens: () => void;
  /** What the category list answers from now on. */
  setCategories: (list: unknown) => void;
};

/** Reads `quzhou-city.jsonl` and `quzhou-city-categories.json` of a feeds folder. */
export async function loadQuzhouCity(feedsDir: string): Promise<{ rows: FeedRows; categories: unknown }> {
  const rows = await loadFeed(join(feedsDir, "quzhou-city.jsonl"), "by-update-time", quzhouCityReader);
  const categories: unknown = JSON.parse(await readFile(join(feedsDir, "quzhou-city-categories.json"), "utf8"));
  return { rows, categories };
}

/** The city's platform: login, then pages from an update time (inclusive). */
export function createQuzhouCity(options: QuzhouCityOptions): QuzhouCity {
  const tokens = createTokens(options);
  const answerRows = createRowsAnswer(options.faults, "quzhou-city");
  const reconciliation = createReconciliation(options.rows, readEntry);
  let { categories } = options;

  async function handle(request: IncomingMessage): Promise<Reply> {
    const [path = "", query = ""] = splitUrl(request.url ?? "/");
    const route = `${request.method} ${path}`;
    if (route === "POST /api/login") return login(request, options, tokens);
    if (route === "GET /api/category/list") return refuseToken(request) ?? listCategories(categories, options.faults);
    if (route === "GET /api/credit/list") return refuseToken(request) ?? listCredits(new URLSearchParams(query));
    if (route === "GET /api/reconciliation/days") return refuseToken(request) ?? reconcile("days", query);
    if (route === "GET /api/reconciliation/records") return refuseToken(request) ?? reconcile("records", query);
    return jsonReply(404, { code: 404, msg: "no such interface" });
  }

  function reconcile(what: "days" | "records", query: string): Reply {
    return jsonReply(200, { code: 0, data: reconciliation[what](new URLSearchParams(query)) });
  }

  function refuseToken(request: IncomingMessage): Reply | null {
    const token = request.headers.token;
    const state = tokens.use(typeof token === "string" ? token : "");
    if (state === "valid") return null;
    options.counters[state === "expired" ? "expired" : "unauthorised"] += 1;
    return jsonReply(200, NOT_AUTH);
  }

  function listCredits(query: URLSearchParams): Reply {
    const updatedFromMs = parseShanghaiTime(query.get("updatedFrom"));
    const pageIndex = parseWholeNumber(query.get("pageIndex"), 1, 1);
    const pageSize = parseWholeNumber(query.get("pageSize"), 1, 100);
    if (updatedFromMs === null) return badRequest(options, "updatedFrom must be yyyy-MM-dd HH:mm:ss");
    if (pageIndex === null || pageSize === null) return badRequest(options, "pageIndex and pageSize must be 1 or more");
    const first = options.rows.indexUpdatedFrom(updatedFromMs);
    const rowsMax = Math.min(pageSize, options.pageRowsMax);
    const from = Math.min(first + (pageIndex - 1) * rowsMax, options.rows.count);
    const to = Math.min(from + rowsMax, options.rows.count);
    const total = options.rows.count - first;
    const updatedAtMsLast = options.rows.at(to - 1)?.updatedAtMs ?? null;
    return answerRows({
      start: from,
      rowCount: to - from,
      whole: () => ({ ...writePage(options.rows.joined(from, to), to - from, total), updatedAtMsLast }),
      withRows: (rows) => writePage(joinRows(rows), rows.length, total),
      rows: () => options.rows.texts(from, to),
      none: () => writePage([], 0, 0),
      withTotals: null,
    });
  }

  return {
    handle,
    expireTokens: tokens.expireAll,
    setCategories(list) {
      categories = list;
    },
  };
}

async function login(request: IncomingMessage, options: QuzhouCityOptions, tokens: Tokens): Promise<Reply> {
  const body = await readJson(request);
  if (body === null) return badRequest(options, "the body is not a JSON object");
  if (body.appId !== options.secrets.appId || body.secret !== options.secrets.secret) {
    options.counters.loginsRefused += 1;
    return jsonReply(200, NOT_AUTH);
  }
  options.counters.logins += 1;
  const data = { token: tokens.issue(), expiresIn: options.tokenLifeSeconds };
  return jsonReply(200, { code: 0, data }, options.faults.next("quzhou-city", "login"));
}

function badRequest(options: QuzhouCityOptions, msg: string): Reply {
  options.counters.badRequests += 1;
  return jsonReply(200, { code: 400, msg });
}

function listCategories(categories: unknown, faults: QuzhouCityOptions["faults"]): Reply {
  const list = Array.isArray(categories) ? categories : [];
  const whole = jsonReply(200, { code: 0, data: categories });
  const fault = faults.next("quzhou-city", "categories", ({ kind }) => canStrikeList(kind, list, whole));
  if (fault?.kind === "empty_list") return jsonReply(200, { code: 0, data: [] }, fault);
  if (fault?.kind !== "half_page") return { ...whole, fault };
  return jsonReply(200, { code: 0, data: list.slice(0, list.length >>> 1) }, fault);
}

function canStrikeList(kind: FaultKind, list: readonly unknown[], whole: Reply): boolean {
  if (kind === "half_page") return list.length > 1;
  if (kind === "wrong_encoding") return whole.body.some((byte) => byte > 0x7f);
  return (kind !== "empty_list" && kind !== "schema_drift") || list.length > 0;
}

function writePage(rows: readonly Buffer[], rowsServed: number, total: number): Reply {
  const head = Buffer.from(`{"code":0,"data":{"total":${total},"list":[`);
  return { statusCode: 200, body: Buffer.concat([head, ...rows, Buffer.from("]}}")]), rowsServed, fault: null };
}

type Tokens = ReturnType<typeof createTokens>;
type TokenOptions = Pick<QuzhouCityOptions, "tokenLifeSeconds" | "tokenRequestsMax" | "clock">;

function createTokens(options: TokenOptions) {
  const issued = new Map<string, { expiresAtMs: number; requestsLeft: number }>();
  return {
    issue(): string {
      const token = randomBytes(16).toString("hex");
      const requestsLeft = options.tokenRequestsMax ?? Number.POSITIVE_INFINITY;
      issued.set(token, { expiresAtMs: options.clock() + options.tokenLifeSeconds * 1_000, requestsLeft });
      return token;
    },
    use(token: string): "valid" | "expired" | "wrong" {
      const entry = issued.get(token);
      if (entry === undefined) return "wrong";
      if (options.clock() >= entry.expiresAtMs || entry.requestsLeft <= 0) return "expired";
      entry.requestsLeft -= 1;
      return "valid";
    },
    expireAll(): void {
      for (const entry of issued.values()) entry.requestsLeft = 0;
    },
  };
}

function splitUrl(url: string): [string, string] {
  const mark = url.indexOf("?");
  return mark === -1 ? [url, ""] : [url.slice(0, mark), url.slice(mark + 1)];
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown> | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    // What is too long is read to its end but not kept: leaving the loop would cut the connection before the answer.
    if (bytes <= LOGIN_BYTES_MAX) chunks.push(chunk as Buffer);
  }
  if (bytes > LOGIN_BYTES_MAX) return null;
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
