import * as z from "zod";
import { type LogLevel, logLevels } from "../logging/create-logger.ts";
import { findDataDir } from "./find-data-dir.ts";
import { type Environment, readEnvironment } from "./read-environment.ts";

export type AccessLogMode = "group" | "sync";
export type NameVariants = "hold" | "accept";
const fourEyesKinds = [
  "withdrawal",
  "fraud_revocation",
  "administrative_error",
  "correction",
  "reclassification",
  "same_achievement",
  "distinct_achievements",
  "erasure",
] as const;
export type FourEyesKind = (typeof fourEyesKinds)[number];
export type ParentWatch = "none" | "stdin" | "ipc";

export type Config = {
  /** The PostgreSQL to use; null: the embedded one. */
  databaseUrl: string | null;
  /** The Redis to use; null: the queue lives in PostgreSQL. */
  redisUrl: string | null;
  /** Absolute path of what this installation keeps on disk. */
  dataDir: string;
  /** In production nothing is made up: keys must be given. */
  production: boolean;
  host: string;
  /** TCP ports; 0 lets the system choose. */
  ports: { queryApi: number; ingestionWorker: number; ledgerService: number };
  logLevel: LogLevel;
  /** `group`: the access log is written in group commits; `sync`: an answer waits for its line. */
  accessLog: AccessLogMode;
  /** Whether rows under another spelling of a known name wait for an operator or are taken at once. */
  nameVariants: NameVariants;
  /** Kinds of corrections, and erasures, that another operator applies than the one who proposed them. */
  fourEyes: readonly FourEyesKind[];
  /** Days after its end for which the list of what a re-admission changed is kept. */
  readmissionListDays: number;
  /** Signed checkpoints of the ledger: the name in them, and how often there is one; 0: only on demand. */
  checkpoints: { origin: string; everyMs: number };
  /** How many days back the feed is served; null: from its beginning. */
  feedRetentionDays: number | null;
  /** What tells this process that the one that started it is gone. */
  parentWatch: ParentWatch;
};

const url = (protocols: readonly string[]) => {
  const error = `must be a URL that begins with ${protocols.map((name) => `${name}://`).join(" or ")}`;
  const accepts = (text: string) => URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1));
  return z.string().refine(accepts, { error }).optional();
};

const port = (standard: number) => {
  const error = "must be a port number from 0 to 65535";
  return z
    .string()
    .regex(/^\d{1,5}$/, { error })
    .transform(Number)
    .pipe(z.number().max(65_535, { error }))
    .default(standard);
};

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be one of ${values.join(", ")}` });

const listOf = <const Values extends readonly [string, ...string[]]>(values: Values) => {
  const error = `must be none, or of ${values.join(", ")}, separated by commas`;
  return z
    .string()
    .transform((text) => (text === "none" ? [] : text.split(",").map((item) => item.trim())))
    .pipe(z.array(z.enum(values, { error }), { error }));
};

const shape = {
  DATABASE_URL: url(["postgres", "postgresql"]),
  REDIS_URL: url(["redis", "rediss"]),
  XUESHI_DATA_DIR: z.string().optional(),
  NODE_ENV: z.string().optional(),
  HOST: z.string().regex(/^\S+$/, { error: "must be a host name or address" }).default("127.0.0.1"),
  QUERY_API_PORT: port(8081),
  INGESTION_WORKER_PORT: port(8082),
  LEDGER_SERVICE_PORT: port(8083),
  LOG_LEVEL: oneOf(logLevels).default("info"),
  ACCESS_LOG: oneOf(["group", "sync"]).default("group"),
  XUESHI_NAME_VARIANTS: oneOf(["hold", "accept"]).default("hold"),
  XUESHI_FOUR_EYES: listOf(fourEyesKinds).default(["fraud_revocation", "erasure"]),
  XUESHI_READMISSION_LIST_DAYS: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, { error: "must be a number of days, at least 1" })
    .transform(Number)
    .default(400),
  XUESHI_ORIGIN: z
    .string()
    .regex(/^[^\s+\p{Cc}]{1,128}$/u, { error: "must be a name without spaces and plus signs, at most 128 characters" })
    .default("xueshi.local/ledger"),
  XUESHI_CHECKPOINT_SECONDS: z
    .string()
    .regex(/^\d{1,6}$/, { error: "must be a number of seconds, 0 for none" })
    .transform(Number)
    .default(3_600),
  XUESHI_FEED_RETENTION_DAYS: z
    .string()
    .regex(/^\d{1,5}$/, { error: "must be a number of days, 0 for all of them" })
    .transform(Number)
    .default(0),
  XUESHI_WATCH_PARENT: oneOf(["none", "stdin", "ipc"]).default("none"),
};

/**
 * Reads the configuration every process shares.
 * @param cwd where the process was started; the data directory is found from it when XUESHI_DATA_DIR is not set
 * @throws RuntimeError `config_invalid`, which names the variable and never its value
 */
export function readConfig(environment: Environment, cwd: string): Config {
  const read = readEnvironment(environment, shape);
  return {
    databaseUrl: read.DATABASE_URL ?? null,
    redisUrl: read.REDIS_URL ?? null,
    dataDir: findDataDir(read.XUESHI_DATA_DIR, cwd),
    production: read.NODE_ENV === "production",
    host: read.HOST,
    ports: {
      queryApi: read.QUERY_API_PORT,
      ingestionWorker: read.INGESTION_WORKER_PORT,
      ledgerService: read.LEDGER_SERVICE_PORT,
    },
    logLevel: read.LOG_LEVEL,
    accessLog: read.ACCESS_LOG,
    nameVariants: read.XUESHI_NAME_VARIANTS,
    fourEyes: read.XUESHI_FOUR_EYES,
    readmissionListDays: read.XUESHI_READMISSION_LIST_DAYS,
    checkpoints: { origin: read.XUESHI_ORIGIN, everyMs: read.XUESHI_CHECKPOINT_SECONDS * 1_000 },
    feedRetentionDays: read.XUESHI_FEED_RETENTION_DAYS === 0 ? null : read.XUESHI_FEED_RETENTION_DAYS,
    parentWatch: read.XUESHI_WATCH_PARENT,
  };
}
