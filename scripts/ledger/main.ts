import { isMainThread } from "node:worker_threads";
import type { Hub } from "../hub/run-hub.ts";

const HUB: Omit<Hub, "verbs"> = {
  command: "pnpm ledger",
  before: { "zh-CN": "台账：核对与维护。", en: "The ledger: verify it and look after it." },
  after: {
    "zh-CN": `环境变量：
  DATABASE_URL         台账的数据库；或以 --database-url 指定
  XUESHI_SIGNING_KEY   签署检查点的密钥，用于核对其签名；
  XUESHI_ORIGIN        及其中台账的名称
  XUESHI_INDEX_KEY     封存结论的密钥，用于重算保存的结论
  XUESHI_ACCESS_LOG_RETENTION_DAYS 查询日志保留多少天；不设则全部保留
  XUESHI_NAME_VARIANTS 与服务相同：同名的另一种写法如何处理

退出码：0 正常，1 有发现，2 未能完成或用法有误。例：pnpm ledger verify`,
    en: `Environment:
  DATABASE_URL         the ledger's database; or --database-url
  XUESHI_SIGNING_KEY   with which checkpoints are signed, to verify their signatures;
  XUESHI_ORIGIN        and the ledger's name in them
  XUESHI_INDEX_KEY     with which kept verdicts are sealed, to decide them again
  XUESHI_ACCESS_LOG_RETENTION_DAYS how many days of the access log are kept; else all
  XUESHI_NAME_VARIANTS as for the services: what becomes of another spelling of a known name

Exit code: 0 fine, 1 findings, 2 it could not be done, or wrong usage. Example: pnpm ledger verify --lang en`,
  },
};

// Threads run this program too, which in a bundle is the only file; they need no more of it than their work.
if (isMainThread) {
  const [{ runHub }, { ledgerVerbs }] = await Promise.all([import("../hub/run-hub.ts"), import("./ledger-verbs.ts")]);
  await runHub({ ...HUB, verbs: ledgerVerbs(new URL(import.meta.url)) });
} else {
  const { serveThread } = await import("./verify/worker-thread.ts");
  await serveThread();
}
