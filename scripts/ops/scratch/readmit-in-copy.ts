import { randomBytes } from "node:crypto";
import { type Language, type ReadmissionResponse, SCOPES_BY_KIND } from "@xueshi/contracts";
import { connect, migrateDatabase, type Sql, writeApiKey } from "@xueshi/database";
import { createApiKey } from "@xueshi/http";
import { startIngestionWorker } from "@xueshi/ingestion-worker";
import { startLedgerService } from "@xueshi/ledger-service";
import type { SourceRegistry } from "@xueshi/platforms";
import { migrateQueue } from "@xueshi/queue";
import { createUuidV7, type Keys, type Logger, type NameVariants, systemClock } from "@xueshi/runtime";
import { callVerb, type OpsAccess } from "../call-verb.ts";
import { OPS_VERBS } from "../verbs.ts";
import { copyLedger, refuseLedger } from "./copy-ledger.ts";
import { listDifferences, noteStandings, type StandingDifference } from "./list-differences.ts";

export interface ScratchPlan {
  /** The ledger in force; only read. As its owner. */
  readonly fromUrl: string;
  /** A database without records, as its owner. */
  readonly intoUrl: string;
  readonly keys: Keys;
  readonly nameVariants: NameVariants;
  /** Default: every source with a folder in `packages/platforms`. */
  readonly sources?: SourceRegistry;
  /** Whose rows are read anew; empty: those of every source of which rows are kept. */
  readonly names: readonly string[];
  /** Flags of `readmit compare`: days on which rows came first. */
  readonly days: Readonly<Record<string, string>>;
  readonly language: Language;
  readonly logger: Logger;
  /** Waits a moment. */
  readonly pause: () => Promise<void>;
  /** What is being done, and how far it is in percent. */
  readonly progress: (step: string, percent: number) => void;
}

/** What a source's re-admission came to, and what stands otherwise for it. */
export interface ScratchResult {
  readonly readmissions: readonly ReadmissionResponse[];
  readonly differences: AsyncIterable<StandingDifference>;
}

/**
 * Copies a ledger, lets the services work on the copy, re-admits there by the mappings of this checkout, and gives what
 * stands otherwise afterwards to `use`. The ledger in force is not touched.
 */
export async function readmitInCopy<Result>(
  plan: ScratchPlan,
  use: (result: ScratchResult) => Promise<Result>,
): Promise<Result> {
  await refuseLedger(plan.intoUrl);
  await migrateDatabase({ url: plan.intoUrl });
  await migrateQueue(plan.intoUrl);
  await copyLedger(plan.fromUrl, plan.intoUrl, (share) => plan.progress("copy", Math.floor(share * 100)));
  const sql = connect({
    ...{ url: plan.intoUrl, connectionsMax: 1, applicationName: "xueshi-scratch", statementTimeoutMs: 0 },
  });
  const services = await startServices(plan, sql);
  try {
    await allPosted(plan, sql);
    await noteStandings(sql);
    const readmissions: ReadmissionResponse[] = [];
    for (const source of plan.names.length > 0 ? plan.names : await sourcesOf(sql)) {
      const compared = await readmit(plan, services.access, "compare", source);
      const isFailed = compared.state === "failed";
      readmissions.push(isFailed ? compared : await readmit(plan, services.access, "apply", source));
    }
    await allPosted(plan, sql);
    return await use({ readmissions, differences: listDifferences(sql) });
  } finally {
    await services.close();
    await sql.end({ timeout: 5 });
  }
}

/** Without targets no platform can be reached, so the copy takes nothing from outside. */
async function startServices(plan: ScratchPlan, sql: Sql): Promise<{ access: OpsAccess; close(): Promise<void> }> {
  const { intoUrl: databaseUrl, keys, nameVariants, sources, logger } = plan;
  const newId = createUuidV7(systemClock);
  const { key: apiKey, keyHash } = createApiKey("operator", randomBytes);
  const holder = { kind: "operator", name: "scratch", scopes: SCOPES_BY_KIND.operator } as const;
  await writeApiKey(sql, { keyId: newId(), keyDigest: keyHash, ...holder, createdAtMs: systemClock() });
  const place = { databaseUrl, redisUrl: null, host: "127.0.0.1", port: 0 };
  const common = {
    ...place,
    clock: systemClock,
    newId,
    logger,
    nameVariants,
    ...(sources === undefined ? {} : { sources }),
  };
  const ingestion = await startIngestionWorker({ ...common, keys, targets: {}, schedules: false });
  const ledger = await startLedgerService(common);
  return {
    access: { ingestionUrl: ingestion.url, ledgerUrl: ledger.url, apiKey },
    async close() {
      await ingestion.close();
      await ledger.close();
    },
  };
}

async function allPosted(plan: ScratchPlan, sql: Sql): Promise<void> {
  let most = 0;
  for (;;) {
    const [row] = await sql<{ waiting: number }[]>`
      SELECT count(*)::int AS waiting FROM acquisition.batch WHERE posted_at IS NULL`;
    const waiting = row?.waiting ?? 0;
    most = Math.max(most, waiting);
    plan.progress("post", most === 0 ? 100 : Math.floor(((most - waiting) * 100) / most));
    if (waiting === 0) return;
    await plan.pause();
  }
}

async function sourcesOf(sql: Sql): Promise<string[]> {
  const rows = await sql`
    SELECT DISTINCT source FROM acquisition.batch JOIN acquisition.raw_page USING (batch_id) ORDER BY source`.values();
  return rows.map(([source]) => String(source));
}

async function readmit(
  plan: ScratchPlan,
  access: OpsAccess,
  mode: "compare" | "apply",
  source: string,
): Promise<ReadmissionResponse> {
  const repost = mode === "apply" ? { repost: "true" } : {};
  const flags = { ...plan.days, ...repost, reason: "scratch" };
  let seen = await call(plan, access, mode, { args: [source], flags });
  while (seen.endedAt === null) {
    plan.progress(`${mode} ${source}`, seen.percent);
    await plan.pause();
    seen = await call(plan, access, "show", { args: [seen.readmissionId], flags: {} });
  }
  plan.progress(`${mode} ${source}`, seen.percent);
  return seen;
}

async function call(
  { language }: ScratchPlan,
  access: OpsAccess,
  name: string,
  given: Parameters<typeof callVerb>[1],
): Promise<ReadmissionResponse> {
  const verb = OPS_VERBS.find((one) => one.group === "readmit" && one.name === name);
  if (verb === undefined) throw new Error(`there is a verb ${name}`);
  const { status, body } = await callVerb(verb, given, access, language, fetch);
  if (status < 400) return body as ReadmissionResponse;
  const { code, detail } = body as { code?: string; detail?: string };
  throw new Error(`${code}: ${detail}`);
}
