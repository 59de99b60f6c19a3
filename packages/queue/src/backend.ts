import type { BackendFactory, IQueueBackend } from "bullmq";
import type { QueueTiming } from "./queue-config.ts";
import type { TroubleLog } from "./trouble-log.ts";

/** Where BullMQ keeps its state. Its queues and workers share the connections of one backend. */
export type Backend = {
  kind: "redis" | "postgres";
  factory: BackendFactory<IQueueBackend, object>;
  /** False while the store is known to be away: then a call fails at once instead of piling up. */
  isReachable(): boolean;
  /** Drops every connection, and with them whatever still waits for an answer. Never rejects. */
  close(): Promise<void>;
};

export type BackendOptions = { timing: QueueTiming; trouble: TroubleLog };
