import { createHmac, createSecretKey, hash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { createReconciliation, type RecordReader } from "./answer-reconciliation.ts";
import { createRowsAnswer } from "./answer-rows.ts";
import type { PlatformCounters } from "./counters.ts";
import type { FaultQueue } from "./faults.ts";
import type { FeedRows } from "./feed-rows.ts";
import { joinRows } from "./join-rows.ts";
import { loadFeed, type RowReader } from "./load-feed.ts";
import { parseWholeNumber } from "./parse-whole-number.ts";
import { jsonReply, type PlatformDialect, type Reply } from "./serve-platform.ts";

const SKEW_MS_MAX = 300_000;
const HOURS_PATH = "/open/hours";
const RECONCILIATION_PATH = "/open/reconciliation/";

export const zjIndustryReader: RowReader = {
  idOf: (row) => String(row.zgcId),
  updatedAtMsOf: (row) => (typeof row.updateTime === "number" ? row.updateTime : null),
};

const STATUSES = { draft: "pending", submitted: "pending", final: "final" } as const;

/** Total rows are no records. */
const readEntry: RecordReader = (row) => {
  const { updateTime: updatedAtMs, deleted } = row;
  if (typeof updatedAtMs !== "number" || String(row.type ?? "").trim() === "0") return null;
  const isDeleted = ["true", "1"].includes(String(deleted).toLowerCase());
  const word = STATUSES[String(row.state ?? "").trim() as keyof typeof STATUSES] ?? null;
  const status = isDeleted ? "withdrawn" : word;
  return { id: String(row.zgcId), updatedAtMs, hours: String(row.classtime ?? ""), status };
};

export const zjIndustryDialect: PlatformDialect = {
  okWithErrorBody: JSON.stringify({ success: false, message: "system busy" }),
  notAuth: { statusCode: 401, body: JSON.stringify({ success: false, message: "bad signature" }) },
  fields: ["classtime", "state", "finishTime", "idCard", "userName", "type", "title", "updateTime", "zgcId", "deleted"],
  catalogueFields: [],
};

export type ZjIndustryOptions = {
  rows: FeedRows;
  secrets: { appKey: string; secret: string };
  /** The most rows a page holds, whatever the client asks. */
  pageRowsMax: number;
  clock: () => number;
  counters: PlatformCounters;
  faults: FaultQueue;
};

export type ZjIndustry = { handle: (request: IncomingMessage) => Reply };

/** Reads `zj-industry.jsonl` of a feeds folder. */
export function loadZjIndustry(feedsDir: string): Promise<FeedRows> {
  return loadFeed(join(feedsDir, "zj-industry.jsonl"), "by-arrival", zjIndustryReader);
}

/** The provincial industry platform: signed requests, pages behind an opaque cursor. */
export function createZjIndustry(options: ZjIndustryOptions): ZjIndustry {
  const key = createSecretKey(Buffer.from(options.secrets.secret));
  const answerRows = createRowsAnswer(options.faults, "zj-industry");
  const reconciliation = createReconciliation(options.rows, readEntry);

  function handle(request: IncomingMessage): Reply {
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    const path = mark === -1 ? url : url.slice(0, mark);
    const query = mark === -1 ? "" : url.slice(mark + 1);
    const refusal = refuseSignature(request, path, query);
    if (refusal !== null) return refusal;
    const what = path.startsWith(RECONCILIATION_PATH) ? path.slice(RECONCILIATION_PATH.length) : "";
    if (request.method === "GET" && (what === "days" || what === "records")) {
      return jsonReply(200, { success: true, ...reconciliation[what](new URLSearchParams(query)) });
    }
    if (request.method !== "GET" || path !== HOURS_PATH) return failure(404, "no such interface");
    return listHours(new URLSearchParams(query));
  }

  function refuseSignature(request: IncomingMessage, path: string, query: string): Reply | null {
    const timestamp = header(request, "x-timestamp");
    const text = `${request.method}\n${path}?${query.split("&").toSorted(byKey).join("&")}\n${timestamp}`;
    const expected = createHmac("sha256", key).update(text).digest();
    const sent = Buffer.from(header(request, "x-sign"), "hex");
    const isSigned = sent.length === expected.length && timingSafeEqual(sent, expected);
    if (header(request, "x-app-key") !== options.secrets.appKey || !isSigned) {
      options.counters.unauthorised += 1;
      return failure(401, "bad signature");
    }
    const skewMs = Math.abs(options.clock() - Number(timestamp) * 1_000);
    if (/^[0-9]{1,12}$/.test(timestamp) && skewMs <= SKEW_MS_MAX) return null;
    options.counters.skewed += 1;
    return failure(401, "X-Timestamp is more than 300 seconds away");
  }

  function listHours(query: URLSearchParams): Reply {
    const { rows, secrets } = options;
    const asked = query.get("cursor") ?? "";
    const sequence = asked === "" ? 0 : decodeCursor(asked, secrets.secret);
    const limit = parseWholeNumber(query.get("limit"), 1, 200);
    if (sequence === null || sequence > rows.sequenceLast) return badRequest("unknown cursor");
    if (limit === null) return badRequest("limit must be 1 or more");
    const from = rows.indexAfterSequence(sequence);
    const to = Math.min(from + Math.min(limit, options.pageRowsMax), rows.count);
    const next = encodeCursor(rows.at(to - 1)?.sequence ?? sequence, secrets.secret);
    const hasMore = to < rows.count;
    const updatedAtMsLast = rows.at(to - 1)?.updatedAtMs ?? null;
    return answerRows({
      start: from,
      rowCount: to - from,
      whole: () => ({ ...writePage(rows.joined(from, to), to - from, next, hasMore), updatedAtMsLast }),
      withRows: (texts) => writePage(joinRows(texts), texts.length, next, hasMore),
      rows: () => rows.texts(from, to),
      none: () => writePage([], 0, encodeCursor(sequence, secrets.secret), false),
      withTotals: from === to ? null : (salt) => writeWithTotals(options, { from, to, limit, sequence }, salt),
    });
  }

  function badRequest(message: string): Reply {
    options.counters.badRequests += 1;
    return failure(400, message);
  }

  return { handle };
}

/** A page that is full makes room for its total rows: the rows that they push out come with the next one. */
function writeWithTotals(
  { rows, secrets, pageRowsMax }: ZjIndustryOptions,
  page: { from: number; to: number; limit: number; sequence: number },
  salt: number,
) {
  const limit = Math.min(page.limit, pageRowsMax);
  const to = page.to - page.from === limit ? page.to - 1 : page.to;
  const texts = rows.texts(page.from, to);
  const place = salt % (texts.length + 1);
  const mixed = [...texts.slice(0, place), totalRow(rows.texts(page.from, page.to), salt), ...texts.slice(place)];
  const cursor = encodeCursor(rows.at(to - 1)?.sequence ?? page.sequence, secrets.secret);
  return writePage(joinRows(mixed), mixed.length, cursor, to < rows.count);
}

/** The sum of a page's hours as a 总学时 row: under the id of somebody who is on the page, and under no name of theirs. */
function totalRow(rows: readonly Buffer[], salt: number): Buffer {
  const parsed = rows.map((row) => JSON.parse(row.toString("utf8")) as Record<string, unknown>);
  const hours = parsed.reduce((sum, row) => sum + (Number(row.classtime) || 0), 0);
  const total = {
    zgcId: `T${salt}`,
    userName: "合计",
    title: "总学时",
    type: "0",
    classtime: String(hours),
    updateTime: 0,
  };
  return Buffer.from(JSON.stringify({ ...parsed[salt % Math.max(1, parsed.length)], ...total }));
}

function writePage(rows: readonly Buffer[], rowsServed: number, cursor: string, hasMore: boolean): Reply {
  const tail = Buffer.from(`],"nextCursor":"${cursor}","hasMore":${hasMore}}`);
  const body = Buffer.concat([Buffer.from('{"success":true,"rows":['), ...rows, tail]);
  return { statusCode: 200, body, rowsServed, fault: null };
}

function failure(statusCode: number, message: string): Reply {
  return jsonReply(statusCode, { success: false, message });
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
}

function byKey(a: string, b: string): number {
  const [keyA = ""] = a.split("=", 1);
  const [keyB = ""] = b.split("=", 1);
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0;
}

/** Opaque and checkable: a cursor survives a restart on the same feed, an invented one is unknown. */
function encodeCursor(sequence: number, secret: string): string {
  return Buffer.from(`${sequence}.${cursorTag(sequence, secret)}`).toString("base64url");
}

function decodeCursor(cursor: string, secret: string): number | null {
  const [digits = "", tag] = Buffer.from(cursor, "base64url").toString("latin1").split(".");
  if (!/^[0-9]{1,12}$/.test(digits)) return null;
  const sequence = Number(digits);
  return tag === cursorTag(sequence, secret) && encodeCursor(sequence, secret) === cursor ? sequence : null;
}

function cursorTag(sequence: number, secret: string): string {
  return hash("sha256", `${secret}\ncursor\n${sequence}`, "hex").slice(0, 12);
}
