import {
  readDatabaseClock,
  readSettings,
  readUpkeep,
  type ServerSetting,
  type Sql,
  type UpkeepState,
} from "@xueshi/database";
import { type Finding, fault, ok, orOk, warning } from "./finding.ts";

interface Expectation {
  readonly allowed: readonly string[];
  readonly state: "fault" | "warning";
  readonly zh: string;
  readonly en: string;
}

const DURABILITY = { zh: "崩溃可使已确认的记录丢失或损坏", en: "a crash can lose or damage what was acknowledged" };
/** What the ledger rests on; local, on and stronger values of synchronous_commit keep what was committed here. */
const EXPECTED: Readonly<Record<string, Expectation>> = {
  fsync: { allowed: ["on"], state: "fault", ...DURABILITY },
  full_page_writes: { allowed: ["on"], state: "fault", ...DURABILITY },
  synchronous_commit: { allowed: ["on", "local", "remote_write", "remote_apply"], state: "fault", ...DURABILITY },
  data_checksums: {
    allowed: ["on"],
    state: "warning",
    zh: "磁盘损坏不会被发现",
    en: "damage of the disk is not noticed",
  },
  session_replication_role: {
    allowed: ["origin"],
    state: "fault",
    zh: "保护表的触发器静默",
    en: "triggers that guard tables are silent",
  },
  event_triggers: { allowed: ["on"], state: "fault", zh: "事件触发器静默", en: "event triggers are silent" },
  autovacuum: {
    allowed: ["on"],
    state: "fault",
    zh: "事务号会用尽，届时服务器停止写入",
    en: "transaction ids run out, and the server then stops writing",
  },
  ignore_checksum_failure: {
    allowed: ["off"],
    state: "fault",
    zh: "损坏的页会被当作完好",
    en: "damaged pages are taken as sound",
  },
  zero_damaged_pages: { allowed: ["off"], state: "fault", zh: "损坏的页会被清空", en: "damaged pages are emptied" },
};

export function judgeSettings(settings: readonly ServerSetting[]): Finding[] {
  const findings = settings.flatMap(({ name, value, setFor }) => {
    const expected = EXPECTED[name];
    if (expected === undefined || expected.allowed.includes(value.toLowerCase())) return [];
    const of = setFor === null ? "" : ` (${setFor})`;
    const [wanted = ""] = expected.allowed;
    const judge = expected.state === "fault" ? fault : warning;
    const how =
      name === "data_checksums"
        ? { zh: "停机后运行 pg_checksums --enable。", en: "Stop the server and run pg_checksums --enable." }
        : setFor === null
          ? {
              zh: `在 postgresql.conf 中设 ${name} = ${wanted} 并重载。`,
              en: `Set ${name} = ${wanted} in postgresql.conf and reload.`,
            }
          : { zh: `对 ${setFor} 执行 ALTER … RESET ${name}。`, en: `Take it back: ALTER … ${setFor} RESET ${name}.` };
    const text = { zh: `${name} = ${value}${of}：${expected.zh}。`, en: `${name} = ${value}${of}: ${expected.en}.` };
    return [judge("settings", `setting_${name}`, text, how)];
  });
  const level = settings.find(({ name }) => name === "wal_level")?.value ?? "-";
  return orOk(findings, "settings", {
    zh: `持久性设置正常；wal_level = ${level}。`,
    en: `Durability is as it should be; wal_level = ${level}.`,
  });
}

export async function checkSettings(sql: Sql): Promise<Finding[]> {
  return judgeSettings(await readSettings(sql, [...Object.keys(EXPECTED), "wal_level"]));
}

const SKEW_WARNING_MS = 2_000;
const SKEW_FAULT_MS = 60_000;

/** @param clock of this host: milliseconds since 1970 UTC */
export async function checkClock(sql: Sql, clock: () => number): Promise<Finding[]> {
  await readDatabaseClock(sql);
  const [before, there, after] = [clock(), await readDatabaseClock(sql), clock()];
  // Whatever lies between asking and hearing is no difference.
  const skewMs = there < before ? there - before : Math.max(0, there - after);
  const seconds = (skewMs / 1_000).toFixed(1);
  const text = {
    zh: `数据库的时钟与本机相差 ${seconds} 秒。`,
    en: `The database's clock differs from this host's by ${seconds} s.`,
  };
  if (Math.abs(skewMs) < SKEW_WARNING_MS) return [ok("clock", text)];
  const judge = Math.abs(skewMs) < SKEW_FAULT_MS ? warning : fault;
  return [
    judge("clock", "clock_skew", text, {
      zh: "在两台主机上校时（NTP）。",
      en: "Let NTP set the clocks of both hosts.",
    }),
  ];
}

const AGE_WARNING = 500_000_000;
const AGE_FAULT = 1_200_000_000;

export function judgeUpkeep({ transactionAge, withoutVacuum }: UpkeepState): Finding[] {
  const findings: Finding[] = [];
  if (transactionAge >= AGE_WARNING) {
    const millions = Math.round(transactionAge / 1_000_000);
    const judge = transactionAge < AGE_FAULT ? warning : fault;
    findings.push(
      judge(
        "upkeep",
        "transaction_age",
        {
          zh: `最老的未冻结事务已过 ${millions} 百万个；到 2000 百万时服务器停止写入。`,
          en: `The oldest transaction that is not frozen is ${millions} million back; at 2,000 the server stops writing.`,
        },
        {
          zh: "结束长事务与弃用的复制槽，再运行 VACUUM (FREEZE)。",
          en: "End long transactions and replication slots that nobody uses, and run VACUUM (FREEZE).",
        },
      ),
    );
  }
  for (const table of withoutVacuum) {
    const text = { zh: `autovacuum 不处理 ${table}。`, en: `Autovacuum leaves ${table} alone.` };
    const todo = {
      zh: `ALTER TABLE ${table} RESET (autovacuum_enabled)。`,
      en: `ALTER TABLE ${table} RESET (autovacuum_enabled).`,
    };
    findings.push(warning("upkeep", "table_without_autovacuum", text, todo));
  }
  const millions = (transactionAge / 1_000_000).toFixed(1);
  return orOk(findings, "upkeep", {
    zh: `最老的未冻结事务已过 ${millions} 百万个。`,
    en: `The oldest transaction that is not frozen is ${millions} million back.`,
  });
}

const inMegabytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MB`;

export async function checkUpkeep(sql: Sql): Promise<Finding[]> {
  const state = await readUpkeep(sql);
  const list = state.largest.map(({ table, bytes }) => `${table} ${inMegabytes(bytes)}`).join(", ");
  const size = inMegabytes(state.bytes);
  return [...judgeUpkeep(state), ok("sizes", { zh: `${size}；最大：${list}。`, en: `${size}; largest: ${list}.` })];
}
