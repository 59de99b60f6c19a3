import { formatInstant, type Language, type PullView as PullJson } from "@xueshi/contracts";
import type { PullView } from "@xueshi/database";

const SENTENCES: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  interrupted: ["采集进程中断，已重新排队。", "The process ended in the middle; the pull was queued again."],
  // Of installations from before one pull waited at a time.
  merged: ["与更早排队的采集合并。", "It was merged with one that was queued before it."],
  target_missing: ["没有配置该平台的地址。", "No address is configured for this platform."],
  target_mismatch: [
    "该平台的地址配置与接入方式不符。",
    "The configured address does not fit how the platform is reached.",
  ],
  file_incomplete: ["有文件尚未完整到达。", "A file has not fully arrived."],
  login_refused: ["平台拒绝登录，请核对凭据。", "The platform refused the login; please check the credentials."],
  signature_refused: ["平台拒绝签名，请核对密钥。", "The platform refused the signature; please check the key."],
  clock_skew: ["本机与平台时钟相差过大。", "The clocks of this machine and the platform are too far apart."],
};
const OTHER: readonly [string, string] = [
  "平台的应答不可用；已取到的保留，将再次采集。",
  "The platform's answer could not be used; what came is kept, and it is pulled again.",
];

/** A pull as JSON. The reason is a stable word; the sentence says what it means, never what a platform sent. */
export function presentPull(pull: PullView, language: Language): PullJson {
  const { pullId, platform, state, pages, rows, reason } = pull;
  const instant = (instantMs: number | null) => (instantMs === null ? null : formatInstant(instantMs));
  const [zh, en] = SENTENCES[reason ?? ""] ?? OTHER;
  return {
    pullId,
    platform,
    state,
    queuedAt: instant(pull.queuedAtMs),
    startedAt: instant(pull.startedAtMs),
    endedAt: instant(pull.endedAtMs),
    pages,
    rows,
    error: reason === null ? null : { code: reason, message: language === "zh-CN" ? zh : en },
  };
}
