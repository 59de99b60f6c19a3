import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface StartOptions {
  readonly once: boolean;
  readonly help: boolean;
  /** Absolute paths. */
  readonly feedsDir: string;
  readonly declarationsFile: string | null;
  readonly answersFile: string | null;
  readonly summaryFile: string | null;
  /** Rows the simulated platforms put on a page at most; null: their own bound. */
  readonly pageRowsMax: number | null;
  /** Milliseconds that each of their pages takes besides; null: none. */
  readonly pageDelayMs: number | null;
  readonly ports: { readonly queryApi: number; readonly ingestionWorker: number; readonly ledgerService: number };
}

export const HELP = `xueshi (学时): continuing-education hours ledger

Usage: npx pnpm start [options]

Runs everything on this machine: PostgreSQL (embedded, or DATABASE_URL), the simulated platforms, the three services,
the first pull, and a summary. 在本机运行全部：数据库、模拟平台、三个服务、首次采集与汇总。

  --once                     stop after the summary and exit 0        汇总后退出
  --feeds DIR                what the simulated platforms serve       模拟平台的数据目录 (default tests/feeds/public)
  --declarations FILE        declarations to check, one JSON a line   待核验的申报 (default declarations.jsonl in the feeds)
  --answers FILE             write one JSON line per declaration      核验结果输出文件
  --summary FILE             write the summary as JSON                汇总输出文件
  --page-rows-max N          rows on one page of the platforms at most  模拟平台每页行数上限
  --page-delay-ms N          milliseconds that each page of them takes  模拟平台每页延迟
  --query-api-port N         default 8081
  --ingestion-worker-port N  default 8082
  --ledger-service-port N    default 8083
  --help                     this text

Environment 环境变量:
  DATABASE_URL     a PostgreSQL 15 or newer whose user may create roles, instead of the embedded one
  REDIS_URL        queue on Redis instead of PostgreSQL
  XUESHI_DATA_DIR  where data, keys and credentials are kept (default .data)
  LOG_LEVEL        debug, info, warn (default) or error
`;

/**
 * Reads the command line; ports fall back to the environment (QUERY_API_PORT …) and then to the defaults.
 * @throws Error with a sentence for the person who typed it
 */
export function readOptions(
  args: readonly string[],
  environmentPorts: StartOptions["ports"],
  place: { readonly workspaceDir: string; readonly cwd: string },
): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      once: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      feeds: { type: "string" },
      declarations: { type: "string" },
      answers: { type: "string" },
      summary: { type: "string" },
      "page-rows-max": { type: "string" },
      "page-delay-ms": { type: "string" },
      "query-api-port": { type: "string" },
      "ingestion-worker-port": { type: "string" },
      "ledger-service-port": { type: "string" },
    },
  });
  const path = (given: string | undefined) => (given === undefined ? null : resolve(place.cwd, given));
  return {
    once: values.once,
    help: values.help,
    feedsDir: path(values.feeds) ?? resolve(place.workspaceDir, "tests/feeds/public"),
    declarationsFile: path(values.declarations),
    answersFile: path(values.answers),
    summaryFile: path(values.summary),
    pageRowsMax: readInteger("page-rows-max", values["page-rows-max"], 1, 100_000),
    pageDelayMs: readInteger("page-delay-ms", values["page-delay-ms"], 0, 60_000),
    ports: {
      queryApi: readInteger("query-api-port", values["query-api-port"], 0, 65_535) ?? environmentPorts.queryApi,
      ingestionWorker:
        readInteger("ingestion-worker-port", values["ingestion-worker-port"], 0, 65_535) ??
        environmentPorts.ingestionWorker,
      ledgerService:
        readInteger("ledger-service-port", values["ledger-service-port"], 0, 65_535) ?? environmentPorts.ledgerService,
    },
  };
}

function readInteger(name: string, text: string | undefined, minimum: number, maximum: number): number | null {
  if (text === undefined) return null;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new Error(`--${name} takes a whole number from ${minimum} to ${maximum}.`);
}
