import postgres from "postgres";

/** A raw client: prepared statements, dates as `yyyy-mm-dd`, instants as milliseconds, bigint as number. */
export type Sql = postgres.Sql<{ instant: number; bigint: number; date: string }>;
export type Transaction = postgres.TransactionSql<{ instant: number; bigint: number; date: string }>;

export interface ConnectOptions {
  readonly url: string;
  /** Connections at most. */
  readonly connectionsMax: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Called when a connection of the pool has closed, for whatever reason. */
  readonly onClose?: () => void;
  /** For services, whose hot statements all read by key; see {@link KEYED_PLANS}. Default false. */
  readonly keyedPlans?: boolean;
  /** Of the session: how the server writes times as text and reads them. Default UTC. */
  readonly timeZone?: string;
  /** Bound on one statement, milliseconds. */
  readonly statementTimeoutMs?: number;
  /** The server refuses to write in this session. Default false. */
  readonly readOnly?: boolean;
  /** Parameters and values are the text that the server reads and writes, whatever their types. Default false. */
  readonly plainText?: boolean;
  /** The server ends a session that has said nothing for so long; absent: never. Milliseconds. */
  readonly idleSessionMsMax?: number;
}

/**
 * Before the first ANALYZE the planner guesses that a list of 1,000 keys is half of the table, or that the table is tiny,
 * and reads all of it. With plans that are made once and look keys up, the cost of a batch does not grow with the table.
 * Summaries and counts, which have no key, still read what they count.
 */
const KEYED_PLANS = {
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
  // Of one key there are some tens of rows: to gather them by page and sort them again costs a quarter more than to walk
  // the index, which has them in order.
  enable_bitmapscan: "off",
  // A plan without an index has no other way, and its inflated cost must not bring the compiler in.
  jit: "off",
};

const OID = { int8: 20, date: 1082, timestamp: 1114, timestamptz: 1184 };

/** A time that passed through JavaScript's Date would lose its digits behind milliseconds, and move with the zone. */
const PLAIN_TEXT = {
  to: 25 /* text */,
  from: [
    16 /* bool */,
    17 /* bytea */,
    OID.int8,
    114 /* json */,
    OID.date,
    OID.timestamp,
    OID.timestamptz,
    3802 /* jsonb */,
  ],
  serialize: (text: string) => text,
  parse: (text: string) => text,
};

/** Opens a pool that connects on first use. Instants travel in UTC whatever the server's time zone is. */
export function connect(options: ConnectOptions): Sql {
  return postgres(options.url, {
    max: options.connectionsMax,
    onnotice: () => {},
    connect_timeout: 10,
    // Who wants to know that a connection has closed needs it to last: the driver closes each after 30 to 60 minutes.
    ...(options.onClose === undefined ? {} : { onclose: options.onClose, max_lifetime: null }),
    connection: {
      ...(options.keyedPlans === true ? KEYED_PLANS : {}),
      application_name: options.applicationName,
      TimeZone: options.timeZone ?? "UTC",
      DateStyle: "ISO, YMD",
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      ...(options.readOnly === true ? { default_transaction_read_only: true } : {}),
      ...(options.idleSessionMsMax === undefined ? {} : { idle_session_timeout: options.idleSessionMsMax }),
    },
    types: {
      bigint: { to: OID.int8, from: [OID.int8], serialize: String, parse: parseSafeInteger },
      date: { to: OID.date, from: [OID.date], serialize: (text: string) => text, parse: (text: string) => text },
      instant: {
        to: OID.timestamptz,
        from: [OID.timestamptz],
        serialize: (instant: number | string) => (typeof instant === "string" ? instant : instantText(instant)),
        parse: parseInstantText,
      },
      // The last one for a type is the one that is used.
      ...(options.plainText === true ? { plainText: PLAIN_TEXT } : {}),
    },
  }) as unknown as Sql;
}

function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError("a bigint column exceeds the safe integers");
  return value;
}

/** `2020-03-02 08:00:00.5+00` → milliseconds since 1970 UTC. */
function parseInstantText(text: string): number {
  return Date.parse(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
}

/** Milliseconds as the text that a timestamptz array parameter takes; null stays null. */
export function instantText(instantMs: number): string {
  return new Date(instantMs).toISOString();
}
