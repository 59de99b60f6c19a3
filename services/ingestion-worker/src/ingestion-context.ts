import type { Sql } from "@xueshi/database";
import type { NameVariantPolicy } from "@xueshi/domain";
import type { SourceRegistry } from "@xueshi/platforms";
import type { JobQueue } from "@xueshi/queue";
import type { Chance, Clock, Logger } from "@xueshi/runtime";
import type { Vault } from "@xueshi/vault";
import type { PlatformTargets } from "./acquisition/platform-targets.ts";
import type { KnownPeople } from "./admission/settle-identities.ts";

/** What the work of this service needs from outside; no module keeps any of it. */
export interface IngestionContext {
  readonly sql: Sql;
  /** Opens a client of one connection, for a platform's lease. */
  readonly openLease: (onClose: () => void) => Sql;
  readonly queue: JobQueue;
  readonly vault: Vault;
  readonly knownPeople: KnownPeople;
  /** What becomes of rows under another spelling of the known name. Default `hold`. */
  readonly nameVariants?: NameVariantPolicy;
  /** The platforms that this installation can pull. */
  readonly sources: SourceRegistry;
  readonly targets: PlatformTargets;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly chance: Chance;
  readonly logger: Logger;
  readonly fetch: typeof globalThis.fetch;
  readonly delay: (delayMs: number, signal: AbortSignal) => Promise<void>;
  /** Rows that one stored batch holds at least, while more are to come. */
  readonly batchRows: number;
  /** Days for which the rows as they came are kept. */
  readonly retentionDays: number;
  /** Days after its end for which the list of what a re-admission changed is kept. */
  readonly readmissionListDays: number;
  /** Whether another operator erases somebody than the one who proposed it. */
  readonly needsSecondEraser: boolean;
}
