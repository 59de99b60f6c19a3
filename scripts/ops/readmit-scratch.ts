import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { parseArgs } from "node:util";
import type { Language } from "@xueshi/contracts";
import { createLogger, loadKeys, readConfig, startEmbeddedPostgres, systemClock } from "@xueshi/runtime";
import { databaseUrl } from "../rules/database-url.ts";
import { readmitInCopy, type ScratchResult } from "./scratch/readmit-in-copy.ts";

const LOOK_EVERY_MS = 500;
const text = { type: "string" } as const;
const OPTIONS = {
  ...{ from: text, until: text, "database-url": text, into: text, out: text, lang: text },
  help: { type: "boolean" },
} as const;

export const SCRATCH_HELP: Readonly<Record<Language, string>> = {
  "zh-CN": `把台账连同保存的原始数据复制到另一个数据库，在副本中按本目录的映射重读，列出每条记录、每人每项余额的前后差异。
正式台账只读，不作任何改动；提交映射之前，可先看它会改变谁的学时。

  pnpm ops readmit scratch [来源 …] [选项]

  --from 日期 --until 日期  只重读这些天首次到达的行
  --database-url URL        正式台账，表的所有者（DATABASE_URL；再否则为内置的，此时服务须已停止）
  --into URL                副本所在的空数据库，所有者；保留供查看（默认为临时的，用后即删）
  --out 文件                NDJSON 写到此文件（默认标准输出）
  --lang zh|en

密钥与服务相同（XUESHI_INDEX_KEY、XUESHI_MASTER_KEY，或数据目录的 keys.json）。人员以 practitionerId 表示，不含证件号码与姓名。
退出码：0 没有差异或已列出，1 未能完成，2 用法有误。`,
  en: `Copies the ledger with the rows that are kept into another database, reads them anew there by the mappings of this
checkout, and lists what stands otherwise: each record, and each balance of each person. The ledger in force is only read:
this shows whose hours a mended mapping would change before it is put to work.

  pnpm ops readmit scratch [SOURCE …] [flags]

  --from DAY --until DAY  only rows that came first on these days
  --database-url URL      the ledger in force, as its owner (DATABASE_URL, else the embedded one, whose services are stopped)
  --into URL              an empty database for the copy, as its owner; it stays to be looked at (default: one that is removed)
  --out FILE              where the NDJSON goes (standard output)
  --lang zh|en

The keys are those of the services (XUESHI_INDEX_KEY, XUESHI_MASTER_KEY, or keys.json of the data directory). People are told
by practitionerId, without ids or names. Exit code: 0 listed, 1 it could not be done, 2 wrong usage.`,
};

/** Runs `pnpm ops readmit scratch`; the exit code. */
export async function readmitScratch(args: readonly string[], language: Language): Promise<0 | 1> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const config = readConfig(process.env, process.cwd());
  const logger = createLogger({ service: "scratch", level: "error", clock: systemClock });
  const keys = await loadKeys(process.env, config);
  const toStop: { stop(): Promise<void> }[] = [];
  const started = async (server: { readonly url: string; stop(): Promise<void> }): Promise<string> => {
    toStop.push(server);
    return server.url;
  };
  try {
    const fromUrl =
      databaseUrl(values["database-url"], process.env) ??
      (await started(
        await startEmbeddedPostgres({ dataDir: join(config.dataDir, "postgres"), databaseName: "xueshi", logger }),
      ));
    const intoUrl =
      databaseUrl(values.into, {}) ??
      (await started(await startEmbeddedPostgres({ ephemeral: true, databaseName: "scratch", logger })));
    const { from, until } = values;
    const days = { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
    const plan = {
      ...{ fromUrl, intoUrl, keys, nameVariants: config.nameVariants, names: positionals, days, language, logger },
      pause: () => new Promise<void>((resolve) => setTimeout(resolve, LOOK_EVERY_MS)),
      progress: createStepBar(process.stderr),
    };
    return await readmitInCopy(plan, (result) => write(result, values.out));
  } finally {
    for (const server of toStop.toReversed()) await server.stop();
  }
}

/** Writes the differences line by line, then says how many there are. */
async function write({ readmissions, differences }: ScratchResult, file: string | undefined): Promise<0 | 1> {
  const output = file === undefined ? process.stdout : createWriteStream(file, { mode: 0o600 });
  const people = new Set<string>();
  const counts = { record: 0, balance: 0 };
  for await (const difference of differences) {
    counts[difference.kind] += 1;
    if (difference.kind === "balance") people.add(difference.practitionerId);
    if (!output.write(`${JSON.stringify(difference)}\n`)) await once(output, "drain");
  }
  if (output !== process.stdout) {
    output.end();
    await finished(output);
  }
  const tell = (line: string) => void process.stderr.write(`${line}\n`);
  tell("");
  for (const { source, state, failure, sums } of readmissions) {
    tell(`${source}: ${failure === null ? state : failure.code} ${JSON.stringify(sums)}`);
  }
  tell(`记录 records ${counts.record}, 余额 balances ${counts.balance}, 人 people ${people.size}`);
  return readmissions.some(({ failure }) => failure !== null) ? 1 : 0;
}

/** A line per step: redrawn on a terminal, else printed once the step is done. */
function createStepBar(output: NodeJS.WriteStream): (step: string, percent: number) => void {
  let last = "";
  return (step, percent) => {
    const line = `${step} ${percent} %`;
    if (line === last) return;
    const isNewStep = last !== "" && !last.startsWith(`${step} `);
    last = line;
    if (output.isTTY) output.write(`${isNewStep ? "\n" : "\r\x1b[K"}${line}`);
    else if (percent === 100) output.write(`${line}\n`);
  };
}
