import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { WrongUsage } from "../rules/verb.ts";
import type { OpsAccess } from "./call-verb.ts";

/** Where the services are and who asks, by the environment; without a key, that of the embedded installation. */
export async function readAccess(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  keyFile: string | undefined,
): Promise<OpsAccess> {
  const apiKey =
    env.XUESHI_OPERATOR_KEY ??
    (await keyOf(keyFile ?? join(env.XUESHI_DATA_DIR ?? join(cwd, ".data"), "credentials.json")));
  return {
    ingestionUrl: env.XUESHI_INGESTION_URL ?? "http://127.0.0.1:8082",
    ledgerUrl: env.XUESHI_LEDGER_URL ?? "http://127.0.0.1:8083",
    apiKey,
  };
}

/** A file that holds the key alone, or the credentials that the embedded installation wrote. */
async function keyOf(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) {
    throw new WrongUsage(
      "没有经办人的密钥：设置 XUESHI_OPERATOR_KEY，或以 --key-file 指明文件。",
      "There is no operator's key: set XUESHI_OPERATOR_KEY, or name a file with --key-file.",
    );
  }
  if (!text.trimStart().startsWith("{")) return text.trim();
  const { operator } = JSON.parse(text) as { operator?: { apiKey?: unknown } };
  if (typeof operator?.apiKey === "string") return operator.apiKey;
  throw new WrongUsage("该文件中没有经办人的密钥。", "There is no operator's key in that file.");
}
