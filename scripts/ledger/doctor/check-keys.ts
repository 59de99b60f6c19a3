import {
  confirmInstallation,
  InstallationMismatch,
  readCheckpointOf,
  readFeedSize,
  readInstallation,
  type Sql,
} from "@xueshi/database";
import { checkpointOfNote } from "@xueshi/domain";
import { type NoteSigner, openNote, type VaultFingerprint } from "@xueshi/vault";
import { type Finding, fault, ok, warning } from "./finding.ts";

const SECOND_MS = 1_000;

/** @param keys fingerprints of those that a service would have here; null: none are given */
export async function checkKeys(sql: Sql, keys: VaultFingerprint | null): Promise<Finding[]> {
  if ((await readInstallation(sql)) === null) {
    const text = {
      zh: "尚未登记密钥；首次启动 ingestion-worker 时登记。",
      en: "No keys are stated yet; the ingestion worker states them when it first starts.",
    };
    return [ok("keys", text)];
  }
  if (keys === null) {
    return [
      warning(
        "keys",
        "keys_not_given",
        {
          zh: "未给出密钥，无法与登记的比对。",
          en: "No keys are given, so they were not compared with those that are stated.",
        },
        {
          zh: "以服务的 XUESHI_INDEX_KEY、XUESHI_MASTER_KEY 与 XUESHI_CRYPTO_SUITE 再运行。",
          en: "Run it again with the XUESHI_INDEX_KEY, XUESHI_MASTER_KEY and XUESHI_CRYPTO_SUITE of the services.",
        },
      ),
    ];
  }
  try {
    await confirmInstallation(sql, keys);
    return [ok("keys", { zh: "密钥与登记的相同。", en: "The keys are those that are stated." })];
  } catch (error) {
    if (!(error instanceof InstallationMismatch)) throw error;
    return [
      fault(
        "keys",
        "keys_differ",
        {
          zh: "密钥或加密套件与登记的不同；持有它们的服务什么也不答。",
          en: "Keys or crypto suite are not those that are stated; a service that has them answers nothing.",
        },
        {
          zh: "给出此数据库登记时所用的密钥；它们在安装时的备份中。",
          en: "Give those with which this database was begun; the backup of the installation has them.",
        },
      ),
    ];
  }
}

export interface CheckpointPlan {
  /** The ledger's name in checkpoints. */
  readonly origin: string;
  /** How often there is one; 0: on demand. */
  readonly everyMs: number;
  /** Of the key that is given; null: none is. */
  readonly signer: NoteSigner | null;
  readonly nowMs: number;
}

/** Looks come once a minute at most, and signing takes a while. */
const LATE_MS = 120 * SECOND_MS;

export async function checkCheckpoint(sql: Sql, plan: CheckpointPlan): Promise<Finding[]> {
  const [newest, feedSize] = [await readCheckpointOf(sql, null), await readFeedSize(sql)];
  if (newest === null) return judgeNone(feedSize, plan);
  const findings = judgeSignature(newest.note, plan);
  const ageMs = plan.nowMs - newest.signedAtMs;
  const since = Math.round(ageMs / SECOND_MS);
  const uncovered = feedSize - newest.size;
  if (uncovered < 0) {
    findings.push(
      fault(
        "checkpoint",
        "checkpoint_ahead",
        {
          zh: `检查点涵盖 ${newest.size} 条，总序只有 ${feedSize} 条。`,
          en: `The checkpoint covers ${newest.size} entries, and the feed has ${feedSize}.`,
        },
        {
          zh: "分录已失：运行 pnpm ledger verify，并从备份恢复。",
          en: "Entries are lost: run pnpm ledger verify, and restore from a backup.",
        },
      ),
    );
  } else if (uncovered > 0 && plan.everyMs > 0 && ageMs > plan.everyMs + LATE_MS) {
    findings.push(
      fault(
        "checkpoint",
        "checkpoint_late",
        {
          zh: `最新的检查点签于 ${since} 秒前，计划每 ${plan.everyMs / SECOND_MS} 秒一次；其后 ${uncovered} 条分录未受其保护。`,
          en: `The newest checkpoint was signed ${since} s ago, and one is due every ${plan.everyMs / SECOND_MS} s; ${uncovered} entries since are not covered.`,
        },
        {
          zh: "看 ledger-service 是否在运行、有无 XUESHI_SIGNING_KEY，以及其日志。",
          en: "See whether the ledger service runs and has XUESHI_SIGNING_KEY, and what its log says.",
        },
      ),
    );
  }
  if (findings.length > 0) return findings;
  const text = {
    zh: `最新的检查点签于 ${since} 秒前，其后有 ${uncovered} 条分录。`,
    en: `The newest checkpoint was signed ${since} s ago; entries since: ${uncovered}.`,
  };
  return [ok("checkpoint", text)];
}

function judgeNone(feedSize: number, { signer, everyMs }: CheckpointPlan): Finding[] {
  if (feedSize === 0)
    return [ok("checkpoint", { zh: "尚无分录，也无检查点。", en: "No entries yet, and no checkpoint." })];
  const todo =
    signer === null || everyMs === 0
      ? {
          zh: "给 ledger-service 设置 XUESHI_SIGNING_KEY 与 XUESHI_CHECKPOINT_SECONDS。",
          en: "Give the ledger service XUESHI_SIGNING_KEY and XUESHI_CHECKPOINT_SECONDS.",
        }
      : {
          zh: "看 ledger-service 是否在运行及其日志。",
          en: "See whether the ledger service runs, and what its log says.",
        };
  const text = {
    zh: `没有检查点：${feedSize} 条分录都可整链重算而无从发现。`,
    en: `There is no checkpoint: all ${feedSize} entries could be made anew unnoticed.`,
  };
  return [warning("checkpoint", "checkpoint_none", text, todo)];
}

function judgeSignature(note: string, { origin, signer }: CheckpointPlan): Finding[] {
  if (signer === null) {
    const text = {
      zh: "未给出签名密钥，未核对检查点的签名。",
      en: "No signing key is given, so the checkpoint's signature was not looked at.",
    };
    const todo = {
      zh: "以 ledger-service 的 XUESHI_SIGNING_KEY 与 XUESHI_ORIGIN 再运行。",
      en: "Run it again with the XUESHI_SIGNING_KEY and XUESHI_ORIGIN of the ledger service.",
    };
    return [warning("checkpoint", "checkpoint_not_verified", text, todo)];
  }
  if (openNote(note, signer.verifierKey) !== null) return [];
  const signedFor = checkpointOfNote(note)?.origin ?? "?";
  const text =
    signedFor === origin
      ? {
          zh: "最新的检查点不是由给出的密钥所签。",
          en: "The newest checkpoint is not signed by the key that is given.",
        }
      : {
          zh: `最新的检查点属于 ${signedFor}，不是 ${origin}。`,
          en: `The newest checkpoint is of ${signedFor}, not of ${origin}.`,
        };
  const todo = {
    zh: "改用签署它的密钥与名称；若不应有别的密钥，运行 pnpm ledger verify --checkpoint。",
    en: "Use the key and the name that signed it; where there should be no other, run pnpm ledger verify --checkpoint.",
  };
  return [fault("checkpoint", "checkpoint_signature", text, todo)];
}
