import { createHmac } from "node:crypto";
import { type HttpJsonConnection, type Platform, platformNamed } from "@xueshi/platforms";
import { createHttpSession, type HttpSession } from "../http-session.ts";
import { NOW_MS } from "./test-context.ts";
import { startTestServer, type TestRequest, type TestServer } from "./test-server.ts";

const INDUSTRY_CREDENTIALS = { appKey: "key-1", secret: "a-secret" };

export interface IndustryServer extends TestServer {
  readonly platform: Platform;
  readonly session: HttpSession;
  readonly rows: Record<string, unknown>[];
  /** The most rows a page holds, whatever is asked. */
  rowsMax: number;
  /** The server's clock. */
  nowMs: number;
}

export interface IndustryPage {
  readonly success: boolean;
  readonly rows: readonly unknown[];
  readonly nextCursor: string | null;
  readonly hasMore: boolean;
}

/** Changes one answer; the argument `page` is what it would be. */
export type IndustryFault = (request: TestRequest, page: IndustryPage) => unknown;

export function industryRow(number: number, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    zgcId: `ZI${number}`,
    idCard: "330899198101270340",
    userName: "杨宇国",
    title: `课程${number}`,
    type: "1",
    classtime: "2.5",
    year: "2020",
    finishTime: "2020-01-04",
    orgName: "学院",
    state: "final",
    deleted: false,
    updateTime: 1_577_808_000_000 + number,
    ...changes,
  };
}

/** The industry platform with pages of 4 rows unless said otherwise; its cursor is "c" and the rows already given. */
export async function startIndustryServer(
  rowCount: number,
  fault: IndustryFault = () => undefined,
  settings: { readonly secret?: string; readonly rowsPerPage?: number; readonly pagesMax?: number } = {},
): Promise<IndustryServer> {
  const platform = smallIndustry(settings.rowsPerPage ?? 4, settings.pagesMax ?? 1_000);
  const state = {
    rows: Array.from({ length: rowCount }, (_, index) => industryRow(index)),
    rowsMax: 500,
    nowMs: NOW_MS,
  };
  const server = await startTestServer((request) => {
    const { response } = request;
    response.setHeader("date", new Date(state.nowMs).toUTCString());
    if (!isSigned(request, state.nowMs)) {
      response.writeHead(401).end('{"success":false,"message":"bad signature"}');
      return undefined;
    }
    const start = Number((request.query.get("cursor") ?? "").slice(1));
    const end = Math.min(start + Math.min(Number(request.query.get("limit")), state.rowsMax), state.rows.length);
    const hasMore = end < state.rows.length;
    const page = { success: true, rows: state.rows.slice(start, end), nextCursor: `c${end}`, hasMore };
    return fault(request, page) ?? page;
  });
  const { connection } = platform;
  const credentials = { ...INDUSTRY_CREDENTIALS, secret: settings.secret ?? INDUSTRY_CREDENTIALS.secret };
  const session = createHttpSession(connection, { baseUrl: server.url, credentials });
  return Object.assign(state, server, { platform, session });
}

/** As the platform checks it: written apart from the product's own signing. */
function isSigned(request: TestRequest, nowMs: number): boolean {
  const timestamp = String(request.headers["x-timestamp"]);
  if (Math.abs(Number(timestamp) * 1_000 - nowMs) > 300_000) return false;
  const [path, query = ""] = request.rawUrl.split("?");
  const text = `${request.method}\n${path}?${query.split("&").sort().join("&")}\n${timestamp}`;
  const expected = createHmac("sha256", INDUSTRY_CREDENTIALS.secret).update(text).digest("hex");
  return request.headers["x-sign"] === expected && request.headers["x-app-key"] === INDUSTRY_CREDENTIALS.appKey;
}

function smallIndustry(rowsPerPage: number, pagesMax: number): Platform & { readonly connection: HttpJsonConnection } {
  const platform = platformNamed("zj-industry");
  if (platform?.connection.transport !== "http-json" || platform.connection.paging.kind !== "cursor") {
    throw new Error("The industry platform is not configured as expected.");
  }
  const paging = { ...platform.connection.paging, rowsPerPage };
  return { ...platform, connection: { ...platform.connection, paging, pagesMax } };
}
