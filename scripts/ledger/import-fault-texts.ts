import type { Text } from "@xueshi/contracts";
import type { ImportFaultCode } from "@xueshi/ledger-service/commands";

const FILE_CHANGED: Text = {
  "zh-CN": "文件不是导出时的样子；请取得原文件，或重新导出。",
  en: "The file is not as it was written; get the original, or export again.",
};

/** What to do about a file, or a database, that is not fit. */
export const IMPORT_FAULT_TEXTS: Readonly<Record<ImportFaultCode, Text>> = {
  chain_broken: FILE_CHANGED,
  checkpoint_differs: FILE_CHANGED,
  counts_differ: FILE_CHANGED,
  database_in_use: {
    "zh-CN": "有程序正在写入该数据库；请先停止各服务。",
    en: "Something is writing to the database; stop the services first.",
  },
  database_not_empty: {
    "zh-CN": "台账只能装入空数据库；请新建一个，以 pnpm migrate --no-rules 建表。",
    en: "A ledger is taken into an empty database only; make one and run pnpm migrate --no-rules.",
  },
  digest_differs: FILE_CHANGED,
  file_cut_off: {
    "zh-CN": "文件不完整；请重新复制或重新导出。",
    en: "The file is not whole; copy it or export it again.",
  },
  header_invalid: {
    "zh-CN": "这不是 pnpm ledger export 写出的文件，或其格式为别的版本。",
    en: "It is no file of pnpm ledger export, or one of another format.",
  },
  line_invalid: FILE_CHANGED,
  row_refused: FILE_CHANGED,
  schema_differs: {
    "zh-CN": "导出与装入须为同一版本的表结构；请以同一版本迁移其中一方。",
    en: "Both databases must have the same migrations; migrate one of them with the version of the other.",
  },
  signature_invalid: {
    "zh-CN": "检查点不是该公钥的持有者签名的；请核对公钥与文件来源。",
    en: "The checkpoint is not signed by the holder of that key; check the key and where the file comes from.",
  },
};
