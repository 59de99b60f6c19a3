import type { GrowthFigure } from "./growth/measure-growth.ts";
import type { AuditFigure } from "./ledger/measure-audit.ts";
import type { PostingFigure } from "./ledger/measure-posting.ts";
import type { BatchFigure } from "./measure-batch.ts";
import type { CheckFigure } from "./measure-checks.ts";
import type { PlainFigure } from "./measure-plain.ts";
import type { PullFigure, RawLimit } from "./measure-pull.ts";
import type { PushFigure } from "./measure-push.ts";
import type { RulesFigure } from "./measure-rules.ts";
import type { StreamFigure } from "./measure-stream.ts";
import type { UploadFigure } from "./measure-upload.ts";
import type { VisibleFigure } from "./measure-visible.ts";

/** Everything one run measured; what was not asked for is null or empty. */
export interface Figures {
  readonly machine: Machine;
  readonly rows: number;
  readonly pairs: number;
  readonly rules: RulesFigure | null;
  /** One for each shape. */
  readonly posting: readonly PostingFigure[];
  /** One for each way through the whole ledger. */
  readonly audits: readonly AuditFigure[];
  readonly growth: GrowthFigure | null;
  readonly pull: (PullFigure & { readonly raw: RawLimit }) | null;
  readonly push: readonly PushFigure[];
  readonly plain: PlainFigure | null;
  readonly stream: StreamFigure | null;
  readonly visible: VisibleFigure | null;
  readonly upload: UploadFigure | null;
  readonly check: CheckFigure | null;
  readonly batch: BatchFigure | null;
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly node: string;
  /** Null where no server was needed. */
  readonly postgres: string | null;
  readonly queue: "postgres" | "redis";
  /** Load averages (1 minute) when the run began and when it ended: how much the machine had to do besides. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}
