import {
  FINDING_TEXTS,
  type FindingCode,
  formatInstant,
  type Language,
  type PullView as PullJson,
} from "@xueshi/contracts";
import type { PullFinding, PullView } from "@xueshi/database";
import { parseInstant } from "@xueshi/domain";
import { z } from "zod";

const SENTENCES: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  interrupted: ["采集进程中断，已重新排队。", "The process ended in the middle; the pull was queued again."],
  internal_error: [
    "采集因系统内部错误而停止；已取到的保留，将按计划再次采集，详见日志。",
    "The pull stopped by an error of this system's own; what came is kept, the log says more, and it is pulled again on schedule.",
  ],
  // Of installations from before one pull waited at a time.
  merged: ["与更早排队的采集合并。", "It was merged with one that was queued before it."],
  target_missing: ["没有配置该平台的地址。", "No address is configured for this platform."],
  target_mismatch: [
    "该平台的地址配置与接入方式不符。",
    "The configured address does not fit how the platform is reached.",
  ],
  file_incomplete: ["有文件尚未完整到达。", "A file has not fully arrived."],
  credential_missing: [
    "该平台的凭据没有配置，或不能放入请求头。",
    "The credentials of the platform are not configured, or cannot be sent in a header; please check the target.",
  ],
  order_broken: [
    "平台的列表在读取期间不断变化或没有固定顺序，无法证明已取全；已取到的保留，将再次采集。",
    "The list kept changing or has no fixed order, so nothing shows that all came; what came is kept, and it is pulled again.",
  ],
  redirect_refused: [
    "平台的应答指向别的地址；为保护凭据没有跟随，请核对地址。",
    "The platform's answer leads to another address, which was not followed to keep the credentials safe; please check the target.",
  ],
  login_refused: ["平台拒绝登录，请核对凭据。", "The platform refused the login; please check the credentials."],
  signature_refused: ["平台拒绝签名，请核对密钥。", "The platform refused the signature; please check the key."],
  total_not_reached: [
    "取到的行数少于平台所说的总数；已取到的保留，将再次采集。",
    "Fewer rows came than the platform said there are; what came is kept, and it is pulled again.",
  ],
  backfill_not_supported: ["该平台不能按日期补采。", "The platform cannot be read by date."],
  connection_failed: [
    "连接不上该平台，请核对地址和网络；将再次采集。",
    "The platform cannot be reached; please check the address and the network. It is pulled again.",
  ],
  schema_drift: [
    "平台改了表或字段的名称；没有取用这些数据，请核对接入配置。",
    "The platform renamed a table or fields; nothing of it was taken, please check the platform's settings.",
  ],
  timeout: [
    "平台没有在规定时间内应答；已取到的保留，将再次采集。",
    "The platform did not answer in time; what came is kept, and it is pulled again.",
  ],
  clock_skew: ["本机与平台时钟相差过大。", "The clocks of this machine and the platform are too far apart."],
};
const OTHER: readonly [string, string] = [
  "平台的应答不可用；已取到的保留，将再次采集。",
  "The platform's answer could not be used; what came is kept, and it is pulled again.",
];

const listingPosition = z.object({ updatedFrom: z.string() });

/** A pull as JSON. The reason is a stable word; the sentence says what it means, never what a platform sent. */
export function presentPull(pull: PullView, language: Language): PullJson {
  const { pullId, platform, kind, state, requestedBy, pages, rows, detail } = pull;
  return {
    pullId,
    platform,
    kind,
    from: pull.fromDay,
    until: pull.untilDay,
    state,
    requestedBy,
    queuedAt: instant(pull.queuedAtMs),
    startedAt: instant(pull.startedAtMs),
    endedAt: instant(pull.endedAtMs),
    pages,
    rows,
    progress: state === "running" ? progressOf(pull) : null,
    error: pull.reason === null || state === "complete" ? null : errorOf(pull.reason, language),
    findings: (detail?.findings ?? []).map((finding) => presentFinding(finding, language)),
    acceptance: detail?.acceptance ?? null,
  };
}

function instant(instantMs: number | null): string | null {
  return instantMs === null ? null : formatInstant(instantMs);
}

function errorOf(reason: string, language: Language): { code: string; message: string } {
  const finding = FINDING_TEXTS[reason as FindingCode];
  if (finding !== undefined) return { code: reason, message: finding.message[language] };
  const [zh, en] = SENTENCES[reason] ?? OTHER;
  return { code: reason, message: language === "zh-CN" ? zh : en };
}

function presentFinding({ code, ...finding }: PullFinding, language: Language): PullJson["findings"][number] {
  return { code: code as FindingCode, message: FINDING_TEXTS[code as FindingCode].message[language], ...finding };
}

/** Both numbers count a row once, however often its page had to be read. */
function progressOf({ rows, advertisedTotal, detail }: PullView): PullJson["progress"] {
  const position = listingPosition.safeParse(detail?.position);
  const atMs = position.success ? parseInstant(position.data.updatedFrom) : null;
  const isKnown = advertisedTotal !== null && advertisedTotal > 0;
  const percent = isKnown ? Math.min(100, Math.floor((rows * 100) / advertisedTotal)) : null;
  return { rowsRead: rows, rowsExpected: advertisedTotal, percent, at: instant(atMs) };
}
