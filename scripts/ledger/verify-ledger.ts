import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { checkpointOfNote } from "@xueshi/domain";
import { readConfig } from "@xueshi/runtime";
import { createNoteSigner, openNote } from "@xueshi/vault";
import { requireDatabaseUrl } from "../rules/database-url.ts";
import { EVERY_VERB, type ExitCode, oneOf, say, type Verb, type VerbContext, WrongUsage } from "../rules/verb.ts";
import { drawProgress } from "./draw-progress.ts";
import { printJson, printPartsJson, printPartsReport, printReport } from "./print-verification.ts";
import { PERSON_PARTS, type PersonPart } from "./verify/parts.ts";
import type { GivenCheckpoint } from "./verify/verify-checkpoints.ts";
import { type VerifyPlan, verifyDatabase } from "./verify/verify-database.ts";
import { type PartsPlan, verifyParts } from "./verify/verify-parts.ts";
import type { VerifiedCheckpoint } from "./verify/verify-since.ts";

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 10_000;

/** Threads of their own beside this one, each with its own session. */
const WORKERS_MAX = 2;

const HELP: Verb["help"] = {
  "zh-CN": `由分录逐人重新推算哈希链、链头、余额、记录状态与重复认定，再推算总序、默克尔树与各检查点的根，与所存的比对，
逐条列出不符之处。在一个快照中读取，可在服务运行时进行；内存为每条分录 52 字节。

  pnpm ledger verify [选项]

  --database-url URL  台账的数据库，以表的所有者或只读账号（DATABASE_URL）
  --checkpoint 文件   另外核对一份保存在外的检查点；可多次给出。改动之后连同全部哈希重算的，只有它能发现
  --since-checkpoint 文件  只核对该检查点之后入账的部分：其后的入账单、所涉人员的整条链与各项结果、其后的树；文件不存在时核对全部。
                      无不符之处时，文件改写为最新的检查点。不能发现其后无新分录的人员的行被改动，须定期核对全部
  --verifier-key KEY  检查点的验证公钥（否则取自 XUESHI_SIGNING_KEY 与 XUESHI_ORIGIN；都没有时不验签名）
  --full              再由已接收的版本、经办决定、合并与科目表推算每条记录应有的状态；重算每份保存的结论（须有
                      XUESHI_INDEX_KEY）；对每个检查点都重算链头的根，而不只是最新的与给出的
  --only 部分         只核对所列的部分，较快：${PERSON_PARTS.join("、")}（哈希链与链头、余额、记录状态；chain 总在其内），以逗号
                      分隔。每条分录的每个字段都重算，每人都核对；其余各部分的改动不会发现，报告逐项列出。
                      不与 --checkpoint、--since-checkpoint、--verifier-key、--full 同用
  --limit N           最多列出多少处（${LIMIT_DEFAULT}）；全部计数
  --json              输出 JSON
  --lang zh|en

退出码：0 完好，1 有不符之处，2 未能核对。例：pnpm ledger verify --checkpoint 2026-01.note`,
  en: `Derives every person's hash chain, head, balances, record states and settled duplicates anew from the entries, then the
feed, the Merkle tree and the roots of every checkpoint, compares them with what is stored, and lists what does not agree.
Reads one snapshot, so services may go on working; takes 52 bytes of memory an entry.

  pnpm ledger verify [flags]

  --database-url URL  the ledger's database, as the owner of the tables or a user who may read them (DATABASE_URL)
  --checkpoint FILE   a checkpoint that was kept outside, verified as well; may be repeated. Where something was changed and
                      all hashes made anew, nothing else shows it
  --since-checkpoint FILE  only what came after the checkpoint in the file: the postings, the whole chains of the people whom
                      they are about with what follows from them, and the tree from there on; everything, where there is no
                      such file. Where nothing is found the file is made the newest checkpoint. Rows that were changed of people
                      without a later entry are not found so: verify everything now and then
  --verifier-key KEY  of checkpoints (else from XUESHI_SIGNING_KEY and XUESHI_ORIGIN; else signatures are not looked at)
  --full              derive also how every record should stand, from what was admitted, decided and merged; decide every
                      kept verdict again (XUESHI_INDEX_KEY is needed); make the heads anew for every checkpoint, not only
                      for the newest and those given
  --only PARTS        look at these parts only, which is faster: ${PERSON_PARTS.join(",")} (hash chains with heads, balances,
                      record states; chain is always among them). Every field of every entry of everybody is gone through
                      all the same; what was changed elsewhere is not found, and the report lists what was left out. Not
                      with --checkpoint, --since-checkpoint, --verifier-key or --full
  --limit N           how many findings are listed (${LIMIT_DEFAULT}); all are counted
  --json              the report as JSON
  --lang zh|en

Exit code: 0 sound, 1 findings, 2 it could not be verified. Example: pnpm ledger verify --checkpoint 2026-01.note --lang en`,
};

/** @param program what worker threads run: the file that this command began with */
export const verifyLedger = (program: URL): Verb => ({
  summary: { "zh-CN": "由分录重新推算，核对台账是否被改动", en: "derive the ledger anew from its entries and compare" },
  help: HELP,
  async run(args, context) {
    const options = {
      ...EVERY_VERB,
      "database-url": { type: "string" },
      checkpoint: { type: "string", multiple: true },
      "since-checkpoint": { type: "string" },
      "verifier-key": { type: "string" },
      full: { type: "boolean" },
      only: { type: "string" },
      limit: { type: "string" },
      json: { type: "boolean" },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    if (values.only !== undefined) {
      refuseBesideOnly(values);
      const plan = {
        ...{ parts: readParts(values.only), limit: readLimit(values.limit), threads: threadsOf(program) },
        databaseUrl: requireDatabaseUrl(values["database-url"], context.env),
      };
      return runParts(plan, values.json === true, context);
    }
    const sinceFile = values["since-checkpoint"];
    const verifierKey = values["verifier-key"] ?? ownVerifierKey(context);
    const since = sinceFile === undefined ? null : await readVerified(resolve(context.cwd, sinceFile), verifierKey);
    const plan = {
      limit: readLimit(values.limit),
      databaseUrl: requireDatabaseUrl(values["database-url"], context.env),
      checkpoints: await Promise.all((values.checkpoint ?? []).map((file) => readNote(file, context.cwd))),
      verifierKey,
      ...(since === null ? {} : { since }),
      ...(values.full === true ? { full: fullPlan(context) } : {}),
      threads: threadsOf(program),
    };
    const bar = drawProgress(process.stderr, say(context, "核对", "verify"));
    try {
      const report = await verifyDatabase({ ...plan, progress: bar.draw });
      bar.end();
      const isSigned = plan.verifierKey !== null;
      const print = values.json === true ? printJson : printReport;
      const exitCode = print({ ...report, isSigned, sinceSize: since?.size ?? null }, context);
      if (exitCode === 0 && sinceFile !== undefined && report.newestNote !== null) {
        await writeFile(resolve(context.cwd, sinceFile), report.newestNote);
      }
      return exitCode;
    } finally {
      bar.end();
    }
  },
});

const threadsOf = (program: URL) => ({ program, count: Math.min(WORKERS_MAX, availableParallelism()) });

async function runParts(plan: Omit<PartsPlan, "progress">, isJson: boolean, context: VerbContext): Promise<ExitCode> {
  const bar = drawProgress(process.stderr, say(context, "核对", "verify"));
  try {
    const report = await verifyParts({ ...plan, progress: bar.draw });
    bar.end();
    return isJson ? printPartsJson(report, context) : printPartsReport(report, context);
  } finally {
    bar.end();
  }
}

function readParts(text: string): PersonPart[] {
  return text.split(",").map((part) => oneOf("--only", part.trim(), PERSON_PARTS));
}

/** What asks for parts that are left out; that it is ignored, nobody may have to guess. */
function refuseBesideOnly(values: Readonly<Record<string, unknown>>): void {
  for (const flag of ["checkpoint", "since-checkpoint", "verifier-key", "full"]) {
    if (values[flag] === undefined) continue;
    throw new WrongUsage(
      `--only 不核对 --${flag} 所要求的部分；请去掉其中一个。`,
      `--only leaves out what --${flag} asks for; take one of them away.`,
    );
  }
}

/** The checkpoint in a file, signed where the key is known; null: there is no such file. */
async function readVerified(file: string, verifierKey: string | null): Promise<VerifiedCheckpoint | null> {
  const note = await readFile(file, "utf8").catch(() => null);
  if (note === null) return null;
  const isSigned = verifierKey === null || openNote(note, verifierKey) !== null;
  const checkpoint = isSigned ? checkpointOfNote(note) : null;
  if (checkpoint !== null) return checkpoint.size === 0 ? null : checkpoint;
  throw new WrongUsage(
    "--since-checkpoint：文件内容不是本台账签署的检查点。",
    "--since-checkpoint: the file holds no checkpoint that this ledger signed.",
  );
}

async function readNote(file: string, cwd: string): Promise<GivenCheckpoint> {
  const note = await readFile(resolve(cwd, file), "utf8").catch(() => null);
  if (note !== null) return { name: file, note };
  throw new WrongUsage(`--checkpoint：没有文件 ${file}。`, `--checkpoint: there is no file ${file}.`);
}

function fullPlan({ env, cwd }: VerbContext): NonNullable<VerifyPlan["full"]> {
  const indexKey = Buffer.from(env.XUESHI_INDEX_KEY ?? "", "hex");
  return { nameVariants: readConfig(env, cwd).nameVariants, indexKey: indexKey.length === 0 ? null : indexKey };
}

/** That of the key with which this installation signs; null: it is not known here. */
function ownVerifierKey({ env, cwd }: VerbContext): string | null {
  const seed = Buffer.from(env.XUESHI_SIGNING_KEY ?? "", "hex");
  if (seed.length === 0) return null;
  return createNoteSigner(readConfig(env, cwd).checkpoints.origin, seed).verifierKey;
}

function readLimit(text: string | undefined): number {
  const limit = text === undefined ? LIMIT_DEFAULT : /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (limit >= 0 && limit <= LIMIT_MAX) return limit;
  throw new WrongUsage(`--limit 须为 0 至 ${LIMIT_MAX} 的整数。`, `--limit is a whole number from 0 to ${LIMIT_MAX}.`);
}
