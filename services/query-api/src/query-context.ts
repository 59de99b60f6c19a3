import type { Sql } from "@xueshi/database";
import type { Vault } from "@xueshi/vault";
import type { AccessLog } from "./access/access-log.ts";
import type { KnowledgeWatch } from "./requirement/watch-knowledge.ts";
import type { ReplayVerdicts } from "./verdict/create-replay.ts";

/** What the operations need from outside; no module keeps any of it. */
export interface QueryContext {
  readonly sql: Sql;
  readonly vault: Vault;
  readonly knowledge: KnowledgeWatch;
  readonly accessLog: AccessLog;
  readonly replay: ReplayVerdicts;
  /** Makes ids of access rows. */
  readonly newId: () => string;
}
