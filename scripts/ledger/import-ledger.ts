import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { pipeline } from "node:stream";
import { parseArgs } from "node:util";
import { createGunzip } from "node:zlib";
import { connect } from "@xueshi/database";
import type { Imported } from "@xueshi/ledger-service/commands";
import { sha256Hex, sha256Suite, sha256TreeHash } from "@xueshi/vault";
import { requireDatabaseUrl } from "../rules/database-url.ts";
import { EVERY_VERB, type ExitCode, say, type Verb, type VerbContext, WrongUsage } from "../rules/verb.ts";
import { drawProgress } from "./draw-progress.ts";
import { IMPORT_FAULT_TEXTS } from "./import-fault-texts.ts";

export const importLedgerVerb: Verb = {
  summary: { "zh-CN": "把导出的台账装入空数据库", en: "take an exported ledger into an empty database" },
  help: {
    "zh-CN": `装入 pnpm ledger export 写出的文件。数据库须已建表而没有台账（pnpm migrate --no-rules），服务须停止。
逐行核对格式、哈希链与校验和，重建余额、记录状态与默克尔树；得到的根须与抬头的检查点相同，否则什么也不写入。

  pnpm ledger import 文件 [选项]

  --verifier-key KEY  检查点须由此公钥的持有者签名
  --database-url URL  空的数据库，以表的所有者（DATABASE_URL）
  --lang zh|en

文件名以 .gz 结尾则解压；- 为标准输入。装入后请运行 pnpm ledger verify，并以 pnpm key:create 新建密钥。
退出码：0 已装入，1 文件或数据库不合要求，2 未能完成。例：pnpm ledger import ledger.ndjson.gz`,
    en: `Takes a file that pnpm ledger export wrote. The database is migrated and holds no ledger (pnpm migrate --no-rules), and no
service is running. Every line, all hash chains and the digest are checked; balances, record states and the Merkle tree are
built anew; the roots must be those of the header's checkpoint, else nothing is written.

  pnpm ledger import FILE [flags]

  --verifier-key KEY  the checkpoint must be signed by the holder of this key
  --database-url URL  the empty database, as the owner of the tables (DATABASE_URL)
  --lang zh|en

A file whose name ends in .gz is compressed; - is standard input. Afterwards run pnpm ledger verify, and make keys with pnpm
key:create. Exit code: 0 taken, 1 the file or the database is not fit, 2 it could not be done.
Example: pnpm ledger import ledger.ndjson.gz --lang en`,
  },
  async run(args, context) {
    const text = { type: "string" } as const;
    const options = { ...EVERY_VERB, "verifier-key": text, "database-url": text };
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) {
      throw new WrongUsage("须指明一个文件，- 为标准输入。", "Name one file; - is standard input.");
    }
    const url = requireDatabaseUrl(values["database-url"], context.env);
    const { importLedger, ImportFault } = await import("@xueshi/ledger-service/commands");
    const chunks = await openFile(file);
    const sql = connect({ url, connectionsMax: 1, applicationName: "xueshi-import", statementTimeoutMs: 0 });
    const bar = drawProgress(process.stderr, say(context, "装入", "import"));
    try {
      const importing = { sql, suite: sha256Suite, treeHash: sha256TreeHash, sha256Hex };
      const verifierKey = values["verifier-key"] ?? null;
      const imported = await importLedger(importing, { chunks, verifierKey, progress: bar.draw });
      bar.end();
      return report(imported, verifierKey, context);
    } catch (error) {
      bar.end();
      if (!(error instanceof ImportFault)) throw error;
      context.warn(`${error.code}: ${error.message}`);
      context.warn(IMPORT_FAULT_TEXTS[error.code][context.language]);
      return 1;
    } finally {
      await sql.end({ timeout: 5 });
    }
  },
};

async function openFile(file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === "-") return process.stdin;
  await access(file).catch(() => {
    throw new WrongUsage(`不能读取文件 ${file}。`, `${file} cannot be read.`);
  });
  return file.endsWith(".gz") ? unzipped(file) : createReadStream(file);
}

async function* unzipped(file: string): AsyncGenerator<Uint8Array> {
  const { ImportFault } = await import("@xueshi/ledger-service/commands");
  const unzip = createGunzip();
  // What goes wrong is thrown where the other end is read.
  pipeline(createReadStream(file), unzip, () => {});
  try {
    yield* unzip as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw new ImportFault("file_cut_off", null, "it cannot be decompressed", { cause });
  }
}

function report({ header, rows, roots }: Imported, verifierKey: string | null, context: VerbContext): ExitCode {
  const people = header.counts["ledger.head"] ?? 0;
  context.print(say(context, `已装入 ${rows} 行，${people} 人。`, `Taken: ${rows} rows, ${people} people.`));
  context.print(
    say(
      context,
      `链头相同 same heads: ${roots.heads} ${roots.headsRoot}`,
      `same heads: ${roots.heads} ${roots.headsRoot}`,
    ),
  );
  if (header.scope === null) {
    context.print(
      say(context, `全账顺序相同 same feed: ${roots.size} ${roots.root}`, `same feed: ${roots.size} ${roots.root}`),
    );
  }
  if (verifierKey === null) {
    context.warn(
      say(
        context,
        "未核对检查点的签名；可用 --verifier-key 指明所信任的公钥。",
        "The signature of the checkpoint was not looked at; --verifier-key names the key that you trust.",
      ),
    );
  }
  return 0;
}
