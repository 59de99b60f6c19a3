import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { unlink } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { parseArgs } from "node:util";
import { createGzip } from "node:zlib";
import type { ExportHeader } from "@xueshi/contracts";
import { connect } from "@xueshi/database";
import { systemClock } from "@xueshi/runtime";
import { sha256TreeHash } from "@xueshi/vault";
import { requireDatabaseUrl } from "../rules/database-url.ts";
import { EVERY_VERB, type ExitCode, say, type Verb, type VerbContext, WrongUsage } from "../rules/verb.ts";
import { drawProgress } from "./draw-progress.ts";
import { readSigner } from "./own-keys.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const exportLedgerVerb: Verb = {
  summary: { "zh-CN": "导出全部台账或一人的台账", en: "write the whole ledger, or one practitioner's, to a file" },
  help: {
    "zh-CN": `把台账写成 NDJSON：首行为抬头（快照时刻、签名的检查点、各表行数），末行为校验和；格式见 packages/contracts/ledger-export.md。
同一快照中读取，可在服务运行时进行。身份信息保持密封；收件方须有同样的密钥才能打开。

  pnpm ledger export --out 文件 [选项]

  --out 文件          写入新文件；以 .gz 结尾则压缩；- 为标准输出
  --practitioner ID   只导出一名专业技术人员（practitionerId）
  --database-url URL  台账的数据库，以表的所有者（DATABASE_URL）
  --lang zh|en

检查点以 XUESHI_ORIGIN 与 XUESHI_SIGNING_KEY（或数据目录的 signing-key.json）签名；没有密钥则不签名。
退出码：0 已导出，2 未能完成。例：pnpm ledger export --out ledger.ndjson.gz`,
    en: `Writes the ledger as NDJSON: a header (instant of the snapshot, signed checkpoint, rows of each table), the rows, and a
trailer with their digest; see packages/contracts/ledger-export.md. Reads one snapshot, so services may go on working.
Identities stay sealed: who opens the ledger elsewhere needs the same keys.

  pnpm ledger export --out FILE [flags]

  --out FILE          a new file, compressed if its name ends in .gz; - is standard output
  --practitioner ID   one practitioner only (practitionerId)
  --database-url URL  the ledger's database, as the owner of the tables (DATABASE_URL)
  --lang zh|en

The checkpoint is signed by XUESHI_ORIGIN and XUESHI_SIGNING_KEY (or signing-key.json of the data directory), else not signed.
Exit code: 0 written, 2 it could not be done. Example: pnpm ledger export --out ledger.ndjson.gz --lang en`,
  },
  async run(args, context) {
    const text = { type: "string" } as const;
    const options = { ...EVERY_VERB, out: text, practitioner: text, "database-url": text };
    const { values } = parseArgs({ args: [...args], options });
    const { out, practitioner = null } = values;
    if (out === undefined || out === "") {
      throw new WrongUsage("须以 --out 指明文件，- 为标准输出。", "Name the file with --out; - is standard output.");
    }
    if (practitioner !== null && !UUID.test(practitioner)) {
      throw new WrongUsage("--practitioner 须为 practitionerId。", "--practitioner is a practitionerId.");
    }
    const url = requireDatabaseUrl(values["database-url"], context.env);
    const target = await openTarget(out);
    try {
      const header = await write(url, practitioner, target.stream, context);
      await target.close();
      return report(header, context);
    } catch (error) {
      await target.discard();
      throw error;
    }
  },
};

async function write(
  url: string,
  practitionerId: string | null,
  stream: Writable,
  context: VerbContext,
): Promise<ExportHeader> {
  const { exportLedger, PersonNotExported } = await import("@xueshi/ledger-service/commands");
  const { origin, signer } = await readSigner(context);
  const sql = connect({
    ...{ url, connectionsMax: 1, applicationName: "xueshi-export", statementTimeoutMs: 0, readOnly: true },
  });
  const bar = drawProgress(process.stderr, say(context, "导出", "export"));
  try {
    const exporting = { sql, clock: systemClock, treeHash: sha256TreeHash, origin, signer };
    const send = async (text: string) => {
      if (!stream.write(text)) await once(stream, "drain");
    };
    return await exportLedger(exporting, { practitionerId, write: send, progress: bar.draw });
  } catch (error) {
    if (!(error instanceof PersonNotExported)) throw error;
    throw new WrongUsage("没有这名专业技术人员。", "Nothing is known of this practitioner.");
  } finally {
    bar.end();
    await sql.end({ timeout: 5 });
  }
}

interface Target {
  readonly stream: Writable;
  close(): Promise<void>;
  /** What was begun is no export: nothing of it stays. */
  discard(): Promise<void>;
}

async function openTarget(out: string): Promise<Target> {
  if (out === "-") return { stream: process.stdout, close: async () => {}, discard: async () => {} };
  const file = createWriteStream(out, { flags: "wx", mode: 0o600 });
  await once(file, "open").catch(() => {
    throw new WrongUsage(`不能新建文件 ${out}。`, `${out} cannot be made; is there such a file already?`);
  });
  const stream = out.endsWith(".gz") ? createGzip() : file;
  if (stream !== file) stream.pipe(file);
  return {
    stream,
    async close() {
      stream.end();
      await finished(file);
    },
    async discard() {
      file.destroy();
      await unlink(out).catch(() => {});
    },
  };
}

function report({ counts, verifierKey, scope }: ExportHeader, context: VerbContext): ExitCode {
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const people = counts["ledger.head"] ?? 0;
  context.warn(
    say(
      context,
      `已导出 ${rows} 行，${people} 人，${counts["ledger.entry"] ?? 0} 条分录。`,
      `Written: ${rows} rows, ${people} people, ${counts["ledger.entry"] ?? 0} entries.`,
    ),
  );
  const key = verifierKey ?? say(context, "未签名", "not signed");
  if (scope === null) context.warn(say(context, `检查点公钥：${key}`, `Verifier key of the checkpoint: ${key}`));
  return 0;
}
